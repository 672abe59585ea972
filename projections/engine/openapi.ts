import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiQuery } from '@nestjs/swagger';

/** The circumstances that every question takes, for OpenAPI. */
export function ApiAsked(): MethodDecorator {
  return applyDecorators(
    ApiQuery({ name: 'file', description: '特定個人情報ファイルの符号', example: 'vaccination', schema: { type: 'string' } }),
    ApiQuery({ name: 'asOf', required: false, description: '時点（日付、又は時差付きの日時）', schema: { type: 'string' } }),
    ApiQuery({ name: 'asOfPosition', required: false, description: '時点（記録の位置）', schema: { type: 'integer' } }),
    ApiHeader({ name: 'Akashi-Purpose', required: false, description: '使用目的（セッションの目的と異なるとき）' }),
    ApiHeader({ name: 'Akashi-Case-Ref', required: false, description: '受付番号（パーセント符号化）' }),
    ApiHeader({ name: 'Akashi-After', required: false, description: 'この位置まで反映された台帳で答える' }),
  );
}
