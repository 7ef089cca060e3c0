// A process that works on jobs and serves nobody: `npm run worker`, as many as are needed, beside any number that serve.
import { launch } from './launch';

launch('work');
