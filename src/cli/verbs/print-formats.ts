/** In which formats a document can be printed. */
export const PRINT_FORMATS = ['html', 'pdf', 'xlsx', 'docx'] as const;
export type PrintFormat = (typeof PRINT_FORMATS)[number];
