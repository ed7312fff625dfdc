import { openThreadedStore } from '../unit/store/thread/threaded.ts';
import { storeCallFactsSuite } from './store-call-facts.suite.ts';
import { storeChecksSuite } from './store-checks.suite.ts';
import { storeDeliveriesSuite } from './store-deliveries.suite.ts';
import { storeListsSuite } from './store-lists.suite.ts';
import { storeMatchesSuite } from './store-matches.suite.ts';
import { storeSuite } from './store.suite.ts';

storeSuite('store on a thread', openThreadedStore);
storeDeliveriesSuite('store on a thread', openThreadedStore);
storeListsSuite('store on a thread', openThreadedStore);
storeMatchesSuite('store on a thread', openThreadedStore);
storeChecksSuite('store on a thread', openThreadedStore);
storeCallFactsSuite('store on a thread', openThreadedStore);
