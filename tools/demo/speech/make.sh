#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Makes speech.alaw: ten seconds of synthesised speech, 8 kHz A-law without a header. Needs Debian's espeak-ng and sox.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
wav=$(mktemp --suffix=.wav)
trap 'rm -f "$wav"' EXIT
espeak-ng -v en-gb -s 150 -w "$wav" "Tandem is a telephone exchange. This sentence left a SIP phone as packets, \
crossed an E one line as single octets, one every one hundred and twenty five microseconds, \
and the far exchange heard every one of them."
sox "$wav" --norm=-6 -r 8000 -c 1 -t raw -e a-law -b 8 "$here/speech.alaw" trim 0 10 pad 0 10 trim 0 10
