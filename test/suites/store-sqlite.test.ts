import { openStore } from '../unit/store/samples.ts';
import { storeListsSuite } from './store-lists.suite.ts';
import { storeSuite } from './store.suite.ts';

storeSuite('sqlite store', openStore);
storeListsSuite('sqlite store', openStore);
