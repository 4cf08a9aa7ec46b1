// `npm run dev`: as `npm start`, but API and worker start again when a file under src/ changes.
import { runPlatform } from './platform.ts';

process.exit(await runPlatform(process.env, { watch: true }));
