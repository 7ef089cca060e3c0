// The HTTP process: `npm start`, or this file where there is a PostgreSQL.
import { launch } from './launch';

launch('serve');
