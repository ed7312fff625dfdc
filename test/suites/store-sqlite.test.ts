import { openStore } from '../unit/store/samples.ts';
import { storeSuite } from './store.suite.ts';

storeSuite('sqlite store', openStore);
