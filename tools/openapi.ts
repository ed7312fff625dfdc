// Prints the description of the private API, or with --write keeps it in docs/openapi.json.
import { writeFileSync } from 'node:fs';
import { generateOpenApi } from '../src/main/api/openapi.ts';

const text = `${JSON.stringify(generateOpenApi(), null, 2)}\n`;
if (process.argv.includes('--write')) {
  writeFileSync(new URL('../docs/openapi.json', import.meta.url), text);
} else {
  process.stdout.write(text);
}
