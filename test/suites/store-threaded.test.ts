import { openThreadedStore } from '../unit/store/thread/threaded.ts';
import { storeListsSuite } from './store-lists.suite.ts';
import { storeSuite } from './store.suite.ts';

storeSuite('store on a thread', openThreadedStore);
storeListsSuite('store on a thread', openThreadedStore);
