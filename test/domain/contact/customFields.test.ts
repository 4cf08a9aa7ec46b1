import { describe, expect, test } from 'vitest';
import {
  changedFields,
  type FieldDefinition,
  type FieldType,
  wrongValue,
} from '../../../src/domain/contact/customFields.ts';
import { Refusal } from '../../../src/domain/errors.ts';

const field = (key: string, type: FieldType = 'text', overrides: Partial<FieldDefinition> = {}): FieldDefinition => ({
  key,
  type,
  options: [],
  archived: false,
  ...overrides,
});

describe('the values of a type', () => {
  test.each<[FieldType, value: string, right: boolean]>([
    ['text', 'anything, ção', true],
    ['number', '12', true],
    ['number', '-12.50', true],
    ['number', '12,5', false],
    ['number', '1e5', false],
    ['number', '', false],
    ['date', '2026-12-31', true],
    ['date', '2028-02-29', true],
    ['date', '2026-02-29', false],
    ['date', '31/12/2026', false],
    ['date', '2026-13-01', false],
    ['boolean', 'true', true],
    ['boolean', 'false', true],
    ['boolean', 'sim', false],
    ['select', 'Ouro', true],
    ['select', 'ouro', false],
  ])('%s: %j', (type, value, right) => {
    const wrong = wrongValue({ type, options: ['Ouro', 'Prata'] }, value);
    expect(wrong === null).toBe(right);
    if (!right) expect(wrong).toMatch(/^must be /);
  });
});

describe('a change of fields', () => {
  const defined = [field('cidade'), field('idade', 'number'), field('velho', 'text', { archived: true })];
  const mistakesIn = (present: Record<string, string>, changes: Record<string, string | null>): unknown => {
    try {
      changedFields(defined, present, changes, 'body.customFields');
      return [];
    } catch (error) {
      return error instanceof Refusal ? error.details['errors'] : error;
    }
  };

  test('merges: null removes, what is not named stays', () => {
    expect(changedFields(defined, { cidade: 'Recife', idade: '40' }, { cidade: null, idade: '41' }, '')).toEqual({
      idade: '41',
    });
  });

  test('every mistake is told with its place and what would be right', () => {
    expect(mistakesIn({}, { cidad: 'Recife', idade: 'quarenta', velho: 'x' })).toEqual([
      { path: 'body.customFields.cidad', reason: 'there is no such field; the fields are: cidade, idade' },
      { path: 'body.customFields.idade', reason: 'must be a number such as 12 or 12.5' },
      { path: 'body.customFields.velho', reason: 'the field is archived: values can only be removed' },
    ]);
  });

  test('what is there already may be said again and removed, whatever became of its field', () => {
    const present = { velho: 'x', nunca: 'y' };
    expect(mistakesIn(present, { velho: 'x', nunca: 'y' })).toEqual([]);
    expect(changedFields(defined, present, { velho: null, nunca: null }, '')).toEqual({});
  });

  test('without any definition every key takes a text', () => {
    expect(changedFields([], {}, { pedido: '42' }, '')).toEqual({ pedido: '42' });
  });
});
