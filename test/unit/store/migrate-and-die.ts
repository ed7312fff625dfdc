// Run by migrations.test.ts as a process of its own: migrates a data folder and kills itself inside the n-th migration.
import { databasePathIn, openWriter } from '../../../src/main/store/database.ts';
import { migrate } from '../../../src/main/store/migrate.ts';

const [dataDir = '', dieAt = '1'] = process.argv.slice(2);
let reached = 0;
migrate(openWriter(databasePathIn(dataDir)), {
  dataDir,
  crashPoint() {
    reached += 1;
    if (reached === Number(dieAt)) process.kill(process.pid, 'SIGKILL');
  },
});
