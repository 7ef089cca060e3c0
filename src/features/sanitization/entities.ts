export { ENTITIES, type Entity } from '../../contract/entities';
