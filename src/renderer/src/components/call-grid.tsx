// The list of calls: a virtual ARIA grid with one tab stop. Live and Call log are this one component.
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import styles from './call-grid.module.css';
import { gridMove, movedIndex } from './grid-keys.ts';
import { narrowScreen, useMedia } from './use-media.ts';

/** One line of the list. Only `call` and `live` lines can be selected. */
export type GridItem =
  | { type: 'heading'; key: string; label: string }
  | { type: 'note'; key: string; label: string }
  | { type: 'call' | 'live'; key: string; callId: string };

interface CallGridProps {
  label: string;
  /** Heads of the six columns; null for a list without a head. */
  columns: readonly string[] | null;
  items: readonly GridItem[];
  /** Rows beyond those read, where known; -1 says "more than these, unknown how many". */
  totalRows: number;
  selectedId: string | null;
  /** True in two-pane layouts: moving selects. Otherwise only Enter does. */
  selectOnMove: boolean;
  renderRow: (callId: string, kind: 'call' | 'live', isActive: boolean) => ReactNode;
  onSelect: (callId: string) => void;
  /** Enter or double click on what is already selected. */
  onOpen: (callId: string) => void;
  onNearEnd: () => void;
  onAtTop: (atTop: boolean) => void;
  /** How many new calls wait above, and how to show them. */
  heldCount: number;
  onShowHeld: () => void;
}

const compactRow = 48;
const heights = { head: 28, heading: 28, note: 32, call: 32, live: 64 };
// The next page is asked for while this many rows are still below.
const nearEndRows = 30;

export function CallGrid(props: CallGridProps) {
  const { items, selectedId, onAtTop, onNearEnd } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const [isFocused, setFocused] = useState(false);
  const isNarrow = useMedia(narrowScreen);

  const rows = items.flatMap((item, index) => ('callId' in item ? [{ item, index }] : []));
  const wantedKey = activeKey ?? rows.find(({ item }) => item.callId === selectedId)?.item.key ?? null;
  const activeRow = rows.findIndex(({ item }) => item.key === wantedKey);
  const activeIndex = rows[activeRow]?.index ?? -1;

  const headHeight = props.columns === null || isNarrow ? 0 : heights.head;
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => heightOf(items[index], isNarrow),
    getItemKey: (index) => items[index]?.key ?? index,
    overscan: 8,
    scrollMargin: headHeight,
    // Rows at the top must not hide beneath the head and the sticky heading.
    scrollPaddingStart: headHeight + heights.heading,
    rangeExtractor: (range) => {
      const visible = defaultRangeExtractor(range);
      // The active row stays in the document: aria-activedescendant must point at something.
      return activeIndex < 0 || visible.includes(activeIndex) ? visible : [...visible, activeIndex];
    },
  });
  const drawn = virtualizer.getVirtualItems();

  // Heights depend on the width; measured ones are thrown away when it crosses the line.
  useEffect(() => virtualizer.measure(), [virtualizer, isNarrow]);

  const lastDrawn = drawn.reduce((last, { index }) => Math.max(last, index), 0);
  useEffect(() => {
    if (lastDrawn >= items.length - nearEndRows) onNearEnd();
  }, [lastDrawn, items.length, onNearEnd]);

  // A selection made elsewhere (a link, Alt+Down) becomes the active row and comes into view.
  const selectedKey = rows.find(({ item }) => item.callId === selectedId)?.item.key ?? null;
  useEffect(() => {
    if (selectedKey === null) return;
    setActiveKey(selectedKey);
  }, [selectedKey]);
  useEffect(() => {
    if (selectedKey === null || selectedKey !== wantedKey || activeIndex < 0) return;
    virtualizer.scrollToIndex(activeIndex, { align: 'auto' });
    // Only when the selection changes: new rows above must not scroll the list.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [selectedKey]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const move = gridMove(event);
    if (move === null) return;
    event.preventDefault();
    const active = rows[activeRow]?.item;
    if (move === 'open') {
      if (active === undefined) return;
      if (active.callId === selectedId) props.onOpen(active.callId);
      else props.onSelect(active.callId);
      return;
    }
    const pageRows = Math.floor((scroller.current?.clientHeight ?? 0) / heights.call) - 1;
    const target = rows[movedIndex(move, activeRow, rows.length, pageRows)];
    if (target === undefined) return;
    setActiveKey(target.item.key);
    virtualizer.scrollToIndex(target.index, { align: 'auto' });
    // The very first row brings its heading along.
    if (target === rows[0]) virtualizer.scrollToOffset(0);
    if (props.selectOnMove) props.onSelect(target.item.callId);
  };

  const offset = virtualizer.scrollOffset ?? 0;
  const topIndex = virtualizer.getVirtualItemForOffset(offset + headHeight)?.index ?? 0;
  const heading = headingAbove(items, topIndex);
  const firstRow = props.columns === null ? 1 : 2;
  const activeIsDrawn = drawn.some(({ index }) => index === activeIndex);

  return (
    <>
      <div
        ref={scroller}
        className={styles.scroller}
        id="call-grid"
        role="grid"
        tabIndex={0}
        aria-label={props.label}
        aria-rowcount={props.totalRows < 0 ? -1 : props.totalRows + firstRow - 1}
        aria-activedescendant={activeIsDrawn ? rowId(activeIndex) : undefined}
        onKeyDown={onKeyDown}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
        onScroll={(event) => onAtTop(event.currentTarget.scrollTop < heights.call)}
      >
        {props.columns !== null && (
          <div role="row" aria-rowindex={1} className={`${styles.columns} ${styles.head}`}>
            {props.columns.map((name) => (
              <span key={name} role="columnheader" className={name === 'Direction' ? styles.unseen : ''}>
                {name}
              </span>
            ))}
          </div>
        )}
        {heading !== null && (
          <div className={`${styles.sticky} ${headHeight > 0 ? styles.belowHead : ''}`} aria-hidden="true">
            <div>{heading}</div>
          </div>
        )}
        <div className={styles.canvas} role="rowgroup" style={{ height: virtualizer.getTotalSize() }}>
          {drawn.map(({ index, key, start, size }) => {
            const item = items[index];
            if (item === undefined) return null;
            const place = { transform: `translateY(${start - headHeight}px)`, height: size };
            if (!('callId' in item)) {
              return (
                <div
                  key={key}
                  role="row"
                  aria-rowindex={index + firstRow}
                  className={`${styles.row} ${item.type === 'heading' ? styles.day : styles.note}`}
                  style={place}
                >
                  <span role={item.type === 'heading' ? 'rowheader' : 'gridcell'}>{item.label}</span>
                </div>
              );
            }
            const isActive = index === activeIndex;
            return (
              // Keys are handled by the grid, which holds the focus; the mouse acts on the row itself.
              <div
                key={key}
                id={rowId(index)}
                role="row"
                aria-rowindex={index + firstRow}
                aria-selected={item.callId === selectedId}
                data-call-id={item.callId}
                className={styles.row}
                style={place}
                onClick={() => {
                  setActiveKey(item.key);
                  props.onSelect(item.callId);
                }}
                onDoubleClick={() => props.onOpen(item.callId)}
              >
                {props.renderRow(item.callId, item.type, isActive && isFocused)}
              </div>
            );
          })}
        </div>
      </div>
      {props.heldCount > 0 && (
        <div className={styles.newCalls}>
          <button
            type="button"
            onClick={() => {
              props.onShowHeld();
              virtualizer.scrollToOffset(0);
            }}
          >
            {props.heldCount === 1 ? '1 new call' : `${props.heldCount} new calls`}
          </button>
        </div>
      )}
    </>
  );
}

/** The heading under which the topmost visible line stands. */
function headingAbove(items: readonly GridItem[], topIndex: number): string | null {
  for (let index = Math.min(topIndex, items.length - 1); index >= 0; index -= 1) {
    const item = items[index];
    if (item?.type === 'heading') return item.label;
  }
  return null;
}

function rowId(index: number): string {
  return `call-row-${index}`;
}

function heightOf(item: GridItem | undefined, isNarrow: boolean): number {
  if (item === undefined) return heights.call;
  return item.type === 'call' && isNarrow ? compactRow : heights[item.type];
}
