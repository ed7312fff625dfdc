import { openStore } from '../unit/store/samples.ts';
import { storeCallFactsSuite } from './store-call-facts.suite.ts';
import { storeChecksSuite } from './store-checks.suite.ts';
import { storeDeliveriesSuite } from './store-deliveries.suite.ts';
import { storeListsSuite } from './store-lists.suite.ts';
import { storeMatchesSuite } from './store-matches.suite.ts';
import { storeSuite } from './store.suite.ts';

storeSuite('sqlite store', openStore);
storeDeliveriesSuite('sqlite store', openStore);
storeListsSuite('sqlite store', openStore);
storeMatchesSuite('sqlite store', openStore);
storeChecksSuite('sqlite store', openStore);
storeCallFactsSuite('sqlite store', openStore);
