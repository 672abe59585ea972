import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiQuery } from '@nestjs/swagger';
import { PICKED_REASONS, REASONS } from '../../src/handling/door.js';
import { PAGE_MAX } from './page.js';

/** The part of a list that is asked for, for OpenAPI. */
export function ApiPaged(): MethodDecorator {
  return applyDecorators(
    ApiQuery({ name: 'limit', required: false, description: `一度に返す件数（1〜${PAGE_MAX}）`, schema: { type: 'integer', minimum: 1, maximum: PAGE_MAX, default: PAGE_MAX } }),
    ApiQuery({ name: 'cursor', required: false, description: '続き（前の答えの next）', schema: { type: 'string' } }),
  );
}

/** Not to be answered from before what the caller has seen, for OpenAPI. */
export function ApiAfter(): MethodDecorator {
  return ApiHeader({ name: 'Akashi-After', required: false, description: 'この位置まで反映された台帳で答える', schema: { type: 'integer' } });
}

/** The moment that is asked about, for OpenAPI. */
export function ApiMoment(): MethodDecorator {
  return applyDecorators(
    ApiQuery({ name: 'asOf', required: false, description: '時点（日付、又は時差付きの日時）', schema: { type: 'string' } }),
    ApiQuery({ name: 'asOfPosition', required: false, description: '時点（記録の位置）', schema: { type: 'integer' } }),
    ApiAfter(),
  );
}

/** The circumstances that every question takes, for OpenAPI. */
export function ApiAsked(): MethodDecorator {
  return applyDecorators(
    ApiQuery({ name: 'file', description: '特定個人情報ファイルの符号', example: 'vaccination', schema: { type: 'string' } }),
    ApiMoment(),
    ApiHeader({ name: 'Akashi-Purpose', required: false, description: '使用目的（セッションの目的と異なるとき）' }),
    ApiHeader({ name: 'Akashi-Case-Ref', required: false, description: '受付番号（パーセント符号化）' }),
    ApiHeader({ name: 'Akashi-Reason-Code', required: false, description: `理由（${PICKED_REASONS.map((code) => `${code}: ${REASONS[code]}`).join('、')}）` }),
  );
}
