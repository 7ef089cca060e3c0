export { ModelRegistry, type ListedModel } from './model-registry';
export { ModelsModule } from './models.module';
