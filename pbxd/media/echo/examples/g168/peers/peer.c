// SPDX-License-Identifier: MIT OR Apache-2.0
// A peer's canceller in a process of its own: one channel, driven over its standard input and output.
// Requests: 'M' flags(1); 'R'; 'P' count(2) then count pairs (rin, sin); all numbers 16-bit little-endian, on a machine
// of that order. Only 'P' is answered, with count samples.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TAPS 1024
enum { ADAPT = 1, NLP = 2, NOISE = 4 };

#ifdef PEER_OSLEC
struct oslec_state;
struct oslec_state *oslec_create(int len, int mode);
void oslec_free(struct oslec_state *ec);
void oslec_adaption_mode(struct oslec_state *ec, int mode);
int16_t oslec_update(struct oslec_state *ec, int16_t tx, int16_t rx);
typedef struct oslec_state state;
#define create oslec_create
#define release oslec_free
#define mode oslec_adaption_mode
#define update oslec_update
#else
#include <spandsp.h>
typedef echo_can_state_t state;
#define create echo_can_init
#define release echo_can_free
#define mode echo_can_adaption_mode
#define update echo_can_update
#endif

static void take(void *to, size_t size) {
    if (fread(to, 1, size, stdin) != size) exit(0);
}

int main(void) {
    // The library prints: its standard output goes nowhere.
    FILE *out = fdopen(dup(1), "wb");
    if (!out || !freopen("/dev/null", "w", stdout)) return 1;
    int flags = ADAPT;
    state *ec = create(TAPS, flags);
    static int16_t in[2 * 32768], result[32768];
    for (;;) {
        unsigned char what, value;
        uint16_t count;
        take(&what, 1);
        switch (what) {
        case 'M':
            take(&value, 1);
            flags = value;
            mode(ec, flags);
            break;
        case 'R':
            release(ec);
            ec = create(TAPS, flags);
            break;
        case 'P':
            take(&count, 2);
            if (count > 32767) return 1;
            take(in, 4u * count);
            for (int i = 0; i < count; i++) result[i] = update(ec, in[2 * i], in[2 * i + 1]);
            if (fwrite(result, 2, count, out) != count || fflush(out)) return 1;
            break;
        default:
            return 1;
        }
    }
}
