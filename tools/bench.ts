// `npm run bench -- <name>`: speed as ratios against a baseline of the same run; JSON on standard output.
const [name = 'ingest'] = process.argv.slice(2);

if (name !== 'ingest') {
  process.stderr.write(`There is no benchmark called ${name}. There is: ingest.\n`);
  process.exit(2);
}
const { runIngestBench } = await import('../test/bench/ingest.ts');
const result = await runIngestBench({ connections: [64, 8], seconds: 4, runs: 5 });
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
