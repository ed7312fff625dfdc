// Placing a call: one short form. What cannot work is said before it is sent.
import { type FormEvent, type RefObject, useEffect, useRef, useState } from 'react';
import { Button, buttonClass } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { CheckField, ChoiceField, SelectField, TextField } from '../components/field.tsx';
import { kindWords } from '../placing-words.ts';
import { formatRoute } from '../state/routes.ts';
import { useApp } from '../state/use-app.tsx';
import { Lacking } from './lacking.tsx';
import {
  checkNewCall,
  emptyNewCall,
  errorsOf,
  highestPriority,
  type NewCall as Draft,
  type NewCallErrors,
  type NewCallField,
  numberForm,
  toPlaceInput,
  type Way,
  waysOf,
} from './new-call-form.ts';
import styles from './new-call.module.css';

const kinds = (['voice-bot', 'priority-queue'] as const).map((value) => ({ value, ...kindWords[value] }));
/** In the order of the form: the first that is wrong gets the focus. */
const fieldIds: readonly [NewCallField, string][] = [
  ['to', 'new-call-to'],
  ['via', 'new-call-via'],
  ['priority', 'new-call-priority'],
  ['form', 'new-call-place'],
];

export function NewCall() {
  const isOpen = useApp((state) => state.newCallOpen);
  const setOpen = useApp((state) => state.setNewCallOpen);
  const numberField = useRef<HTMLInputElement>(null);
  return (
    <Dialog title="New call" width="narrow" isOpen={isOpen} onOpenChange={setOpen} initialFocus={numberField}>
      <Content numberField={numberField} />
    </Dialog>
  );
}

function Content({ numberField }: { numberField: RefObject<HTMLInputElement | null> }) {
  const providers = useApp((state) => state.status?.providers);
  const loadSettings = useApp((state) => state.loadSettings);
  const close = useApp((state) => state.setNewCallOpen);
  const route = useApp((state) => state.route);
  useEffect(() => void loadSettings(), [loadSettings]);
  const ways = waysOf(providers ?? []);
  if (ways.length > 0) return <Form ways={ways} numberField={numberField} />;
  return (
    <div className={styles.form}>
      <p>No phone service can place calls yet. Calls can still come in and be recorded.</p>
      {(providers ?? []).map((provider) => (
        <Lacking key={provider.providerId} provider={provider} hasTitle />
      ))}
      <div className={styles.buttons}>
        <a
          className={buttonClass('primary')}
          href={formatRoute({ ...route, view: 'services' })}
          onClick={() => close(false)}
        >
          Open Phone services
        </a>
      </div>
    </div>
  );
}

interface FormProps {
  ways: readonly Way[];
  numberField: RefObject<HTMLInputElement | null>;
}

function Form({ ways, numberField }: FormProps) {
  const lines = useApp((state) => state.settings?.lines);
  const place = useApp((state) => state.placeCall);
  const close = useApp((state) => state.setNewCallOpen);
  const [draft, setDraft] = useState<Draft>(() => emptyNewCall(ways[0]?.via ?? ''));
  const [errors, setErrors] = useState<NewCallErrors>({});
  const [isBusy, setBusy] = useState(false);
  const way = ways.find(({ via }) => via === draft.via);
  const change = (part: Partial<Draft>): void => setDraft((before) => ({ ...before, ...part }));

  // The field exists with its error from now on; focus moves there so that the error is heard.
  useEffect(() => {
    const wrong = fieldIds.find(([field]) => errors[field] !== undefined);
    if (wrong !== undefined) document.getElementById(wrong[1])?.focus();
  }, [errors]);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (isBusy) return;
    const wrong = checkNewCall(draft);
    if (Object.keys(wrong).length > 0) {
      setErrors(wrong);
      return;
    }
    setBusy(true);
    const error = await place(toPlaceInput(draft, way));
    setBusy(false);
    setErrors(error === null ? {} : errorsOf(error));
  };

  return (
    <form className={styles.form} noValidate onSubmit={(event) => void submit(event)}>
      <TextField
        id="new-call-to"
        ref={numberField}
        label="Number"
        type="tel"
        autoComplete="off"
        hint={numberForm}
        error={errors.to ?? null}
        value={draft.to}
        onChange={({ target }) => change({ to: target.value })}
      />
      <ChoiceField
        name="new-call-kind"
        label="Kind"
        value={draft.kind}
        choices={kinds}
        onChange={(kind) => change({ kind })}
      />
      <div className={styles.pair}>
        <SelectField
          id="new-call-via"
          label="Placed with"
          error={errors.via ?? null}
          value={draft.via}
          onChange={({ target }) => change({ via: target.value })}
        >
          {ways.map(({ via, label }) => (
            <option key={via} value={via}>
              {label}
            </option>
          ))}
        </SelectField>
        <SelectField
          id="new-call-from"
          label="From line"
          value={draft.from}
          onChange={({ target }) => change({ from: target.value })}
        >
          <option value="">The usual one</option>
          {lines?.map(({ number, label }) => (
            <option key={number} value={number}>
              {label}, {number}
            </option>
          ))}
        </SelectField>
      </div>
      {way?.needsAgent === true && (
        <TextField
          id="new-call-agent"
          label="Agent"
          hint="The id of the voice that talks for the clinic. Left empty, it is the usual one."
          autoComplete="off"
          spellCheck={false}
          maxLength={100}
          value={draft.agentId}
          onChange={({ target }) => change({ agentId: target.value })}
        />
      )}
      <div className={draft.kind === 'priority-queue' ? styles.pair : ''}>
        <TextField
          id="new-call-reference"
          label="Your reference"
          hint="May be left empty: the chat or intake that this call belongs to."
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          value={draft.reference}
          onChange={({ target }) => change({ reference: target.value })}
        />
        {draft.kind === 'priority-queue' && (
          <TextField
            id="new-call-priority"
            label="Priority"
            type="number"
            min={0}
            max={highestPriority}
            hint="0 to 1,000; the highest is called first."
            error={errors.priority ?? null}
            value={draft.priority}
            onChange={({ target }) => change({ priority: target.value })}
          />
        )}
      </div>
      <CheckField
        id="new-call-record"
        label="Record this call"
        checked={draft.record}
        onChange={(record) => change({ record })}
      />
      {errors.form !== undefined && (
        <p className={styles.problem} role="alert">
          {errors.form}
        </p>
      )}
      <div className={styles.buttons}>
        <Button onClick={() => close(false)}>Cancel</Button>
        <Button id="new-call-place" type="submit" kind="primary" aria-disabled={isBusy}>
          {buttonText(draft, isBusy)}
        </Button>
      </div>
    </form>
  );
}

function buttonText({ kind }: Draft, isBusy: boolean): string {
  if (isBusy) return 'Placing…';
  return kind === 'priority-queue' ? 'Put in the queue' : 'Call';
}
