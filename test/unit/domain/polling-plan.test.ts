import { expect, it } from 'vitest';
import { planPolling, type PollingWish } from '../../../src/main/domain/polling-plan.ts';

const wish = (
  providerId: string,
  isPolling: boolean | null,
  intervalMinutes: number | null,
): PollingWish => ({
  providerId,
  isPolling,
  intervalMinutes,
});

it('checks regularly where there is no web link, and leaves it where there is one', () => {
  expect(planPolling(null, [], false)).toEqual({
    isPolling: true,
    intervalMinutes: 3,
    decidedBy: 'default',
    except: [],
  });
  expect(planPolling(null, [], true).isPolling).toBe(false);
});

it('does what the environment says, for each service', () => {
  const wishes = [wish('twilio', true, 10), wish('telnyx', null, 5), wish('elevenlabs', false, null)];
  expect(planPolling(null, wishes, true)).toEqual({
    isPolling: true,
    intervalMinutes: 5,
    decidedBy: 'environment',
    except: ['elevenlabs'],
  });
  expect(planPolling(null, [wish('twilio', false, null)], false)).toMatchObject({
    isPolling: true,
    except: ['twilio'],
  });
});

it('does what a person chose, whatever else is said', () => {
  const setting = { isPolling: false, intervalMinutes: 30 };
  expect(planPolling(setting, [wish('twilio', true, 1)], false)).toEqual({
    ...setting,
    decidedBy: 'setting',
    except: [],
  });
});
