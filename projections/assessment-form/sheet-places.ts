import { folded } from './cell-words.js';
import { cellName, placeOfCell, type Area, type GridCell, type Sheet } from './xlsx-grid.js';

/** A sheet as a person finds their way on it: by labels, and from one visible cell to the next, a merged area being one. */
export class SheetPlaces {
  /** In reading order. */
  readonly cells: readonly GridCell[];
  private readonly words: readonly string[];
  /** By row, from the top. */
  readonly rows: ReadonlyMap<number, readonly GridCell[]>;

  constructor(readonly sheet: Sheet) {
    this.cells = [...sheet.cells.values()].sort((a, b) => a.row - b.row || a.column - b.column);
    this.words = this.cells.map(({ text }) => folded(text));
    this.rows = Map.groupBy(this.cells, ({ row }) => row);
  }

  at(row: number, column: number): GridCell | undefined {
    return this.sheet.cells.get(cellName(row, column));
  }

  /** The merged area that a cell lies in, or the cell alone. */
  areaAt(row: number, column: number): Area {
    return this.sheet.merges.find(({ top, left, bottom, right }) => top <= row && row <= bottom && left <= column && column <= right) ?? { top: row, left: column, bottom: row, right: column };
  }

  /** The cell with a label, the first one after the labels of `after`. */
  find(label: string, after: readonly string[] = []): GridCell | undefined {
    let from = 0;
    for (const word of [...after, label]) {
      const found = this.words.indexOf(folded(word), from);
      if (found < 0) return undefined;
      from = found + 1;
    }
    return this.cells[from - 1];
  }

  /** So many visible cells to the right, and from there down. */
  step(from: Area, right: number, down: number): Area {
    let area = from;
    for (let step = 0; step < right; step++) area = this.areaAt(area.top, area.right + 1);
    for (let step = 0; step < down; step++) area = this.areaAt(area.bottom + 1, area.left);
    return area;
  }

  areaNamed(cell: string): Area | undefined {
    const place = placeOfCell(cell);
    return place && this.areaAt(place.row, place.column);
  }

  /** What stands in an area, in reading order. */
  within({ top, left, bottom, right }: Area): readonly GridCell[] {
    return this.cells.filter(({ row, column }) => top <= row && row <= bottom && left <= column && column <= right);
  }

  /** How the cell is told to a clerk: 「Ⅰ!C5」 */
  name({ row, column }: Pick<GridCell, 'row' | 'column'>): string {
    return `${this.sheet.name}!${cellName(row, column)}`;
  }
}
