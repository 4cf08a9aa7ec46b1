// `npm start`: the whole platform on this machine, with the demo company.
import { runPlatform } from './platform.ts';

process.exit(await runPlatform(process.env, { watch: false }));
