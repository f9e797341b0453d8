/* Writes the rows of a tab-separated file as a workbook with libxlsxwriter in constant memory: the
 * comparison of the benchmark. With "parse" it only reads them, so that reading can be subtracted.
 *
 *   cc -O2 compare.c -lxlsxwriter -o compare
 *   ./compare write|parse IN.tsv OUT.xlsx COLUMN_KINDS
 *
 * COLUMN_KINDS has a letter for each column: d for a date (a serial number), n for a number, s for a string,
 * g for a string in one of eight formats, chosen by the number in the first column.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

int main(int argc, char **argv) {
    if (argc != 5) return 2;
    int writing = strcmp(argv[1], "write") == 0;
    const char *kinds = argv[4];
    FILE *in = fopen(argv[2], "rb");
    if (!in) { perror(argv[2]); return 1; }
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = NULL};
    lxw_workbook *book = NULL;
    lxw_worksheet *sheet = NULL;
    lxw_format *date = NULL, *text = NULL, *group[8] = {0};
    if (writing) {
        book = workbook_new_opt(argv[3], &options);
        sheet = workbook_add_worksheet(book, "Timeline");
        date = workbook_add_format(book);
        format_set_num_format(date, "yyyy-mm-dd hh:mm:ss.000");
        text = workbook_add_format(book);
        format_set_font_size(text, 9);
        for (int i = 0; i < 8; i++) {
            group[i] = workbook_add_format(book);
            format_set_bg_color(group[i], 0xE0E0F0 + i);
        }
        worksheet_freeze_panes(sheet, 1, 0);
    }
    char *line = NULL;
    size_t size = 0;
    ssize_t n;
    lxw_row_t row = 0;
    double sum = 0;
    while ((n = getline(&line, &size, in)) > 0) {
        if (line[n - 1] == '\n') line[n - 1] = 0;
        char *at = line;
        int g = 0;
        for (int col = -1; at; col++) {
            char *end = strchr(at, '\t');
            if (end) *end = 0;
            if (col < 0) {
                g = atoi(at);
            } else if (*at) {
                switch (kinds[col]) {
                case 'd':
                case 'n': {
                    double v = strtod(at, NULL);
                    sum += v;
                    if (writing) worksheet_write_number(sheet, row, col, v, kinds[col] == 'd' ? date : text);
                    break;
                }
                case 'g':
                    if (writing) worksheet_write_string(sheet, row, col, at, group[g]);
                    break;
                default:
                    if (writing) worksheet_write_string(sheet, row, col, at, text);
                }
            }
            at = end ? end + 1 : NULL;
        }
        row++;
    }
    if (writing && workbook_close(book) != LXW_NO_ERROR) return 1;
    fprintf(stderr, "%u rows, %g\n", row, sum);
    return 0;
}
