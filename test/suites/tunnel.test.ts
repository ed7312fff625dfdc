import { createFakeNgrok } from '../standins/fake-ngrok.ts';
import { tunnelSuite } from './tunnel.suite.ts';

tunnelSuite('an address of its own', (world) => world.fixed('https://clinic.example'));
tunnelSuite('ngrok', (world) => world.ngrok(createFakeNgrok('https://clinic.example')));
