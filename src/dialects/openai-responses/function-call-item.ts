import type { JsonObject } from '../../contract/json';
import { type ItemStatus, OutputItem } from './output-item';

export class FunctionCallItem extends OutputItem {
  private arguments = '';

  constructor(
    id: string,
    index: number,
    private readonly callId: string,
    private readonly name: string,
  ) {
    super(id, index);
  }

  add(delta: string): JsonObject[] {
    this.arguments += delta;
    return [{ type: 'response.function_call_arguments.delta', ...this.place, delta }];
  }

  override json(): JsonObject {
    const args = this.status === 'in_progress' ? '' : this.arguments;
    return {
      id: this.id,
      type: 'function_call',
      status: this.status,
      arguments: args,
      call_id: this.callId,
      name: this.name,
    };
  }

  protected override complete(status: ItemStatus): JsonObject[] {
    // clients parse the arguments of a finished call: no text is not JSON
    const filled = this.arguments || status === 'incomplete' ? [] : this.add('{}');
    const { name, arguments: args } = this;
    return [...filled, { type: 'response.function_call_arguments.done', ...this.place, name, arguments: args }];
  }
}
