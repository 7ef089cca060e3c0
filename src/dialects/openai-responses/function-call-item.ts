import type { JsonObject } from '../../contract/json';
import type { Callee } from './namespace';
import { type ItemStatus, OutputItem } from './output-item';

export class FunctionCallItem extends OutputItem {
  private arguments = '';

  constructor(
    id: string,
    index: number,
    private readonly callId: string,
    private readonly callee: Callee,
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
      ...this.callee,
    };
  }

  protected override complete(status: ItemStatus): JsonObject[] {
    // clients parse the arguments of a finished call: no text is not JSON
    const filled = this.arguments || status === 'incomplete' ? [] : this.add('{}');
    const { callee, arguments: args } = this;
    return [
      ...filled,
      { type: 'response.function_call_arguments.done', ...this.place, name: callee.name, arguments: args },
    ];
  }
}
