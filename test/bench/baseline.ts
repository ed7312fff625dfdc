// What the product is measured against: Express that parses the form, checks nothing, stores nothing.
import express from 'express';
import { obey, path } from './messages.ts';

const app = express();
app.post(path, express.urlencoded({ extended: false }), (_request, response) => {
  response.sendStatus(200);
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) process.send?.({ port: address.port });
});

obey(async (what) => {
  if (what.do === 'stop') process.exit(0);
});
