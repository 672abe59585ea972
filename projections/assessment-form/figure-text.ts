import { described } from './figure.js';
import { readFigure } from '../../src/assessments/answers/figure.js';

/** The drawing of 別添１ in words, where a format cannot draw; nothing of one that cannot be read. */
export function figureText(json: string): string {
  const reading = readFigure(json);
  return reading.ok ? described(reading.value) : '';
}
