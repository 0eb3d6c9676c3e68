// SPDX-License-Identifier: MIT OR Apache-2.0
//! The one table between Q.850 causes and SIP status codes.

use super::{Cause, Reason};
use Direction::{Both, ToCause, ToSip};
use Source::{Rfc3398, Rfc4497, Tandem};
use std::collections::BTreeMap;

/// Which way a row is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Both ways.
    Both,
    /// From the cause to the status only.
    ToSip,
    /// From the status to the cause only.
    ToCause,
}

/// Where a row comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// RFC 3398 (SIP to ISUP). The rule for statuses that are not listed (cause 31) was read in a copy of its clause
    /// 8.2.6.1; the rows themselves in two vendors' reprints, which agree.
    Rfc3398,
    /// RFC 4497 (SIP to QSIG), as reprinted by vendors; the RFC's own text was not read.
    Rfc4497,
    /// Our choice where we know of no rule.
    Tandem,
}

/// One row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The Q.850 cause value.
    pub cause: u8,
    /// Which way the row is read.
    pub direction: Direction,
    /// The SIP status code of the final response to INVITE.
    pub status: u16,
    /// Where the row comes from.
    pub source: Source,
}

const fn row(cause: u8, direction: Direction, status: u16, source: Source) -> Row {
    Row {
        cause,
        direction,
        status,
        source,
    }
}

/// All rows, by cause. Each cause has at most one row that leads to SIP, each status at most one that leads here.
pub const ROWS: &[Row] = &[
    row(1, Both, 404, Rfc3398),
    row(1, ToCause, 485, Rfc3398),
    row(1, ToCause, 604, Rfc3398),
    row(2, ToSip, 404, Rfc3398),
    row(3, ToSip, 404, Rfc3398),
    row(16, ToSip, 480, Tandem),
    row(16, ToCause, 487, Tandem),
    row(17, Both, 486, Rfc3398),
    row(17, ToCause, 600, Rfc3398),
    row(18, ToSip, 408, Rfc3398),
    row(18, ToCause, 480, Rfc3398),
    row(19, ToSip, 480, Rfc3398),
    row(20, ToSip, 480, Rfc3398),
    row(21, Both, 403, Rfc3398),
    row(21, ToCause, 401, Rfc3398),
    row(21, ToCause, 402, Rfc3398),
    row(21, ToCause, 407, Rfc3398),
    row(21, ToCause, 603, Rfc3398),
    row(22, Both, 410, Rfc3398),
    row(23, ToSip, 410, Rfc3398),
    row(25, ToCause, 482, Rfc3398),
    row(25, ToCause, 483, Rfc3398),
    row(25, ToSip, 483, Rfc4497),
    row(26, ToSip, 404, Rfc3398),
    row(27, ToSip, 502, Rfc3398),
    row(28, Both, 484, Rfc3398),
    row(29, ToSip, 501, Rfc3398),
    row(31, ToSip, 480, Rfc3398),
    row(34, ToSip, 503, Rfc3398),
    row(38, ToSip, 503, Rfc3398),
    row(38, ToCause, 502, Rfc3398),
    row(41, Both, 503, Rfc3398),
    row(41, ToCause, 400, Rfc3398),
    row(41, ToCause, 481, Rfc3398),
    row(41, ToCause, 500, Rfc3398),
    row(42, ToSip, 503, Rfc3398),
    row(44, ToSip, 503, Tandem),
    row(47, ToSip, 503, Rfc3398),
    row(55, ToSip, 403, Rfc3398),
    row(57, ToSip, 403, Rfc3398),
    row(58, ToSip, 503, Rfc3398),
    row(63, ToSip, 503, Tandem),
    row(63, ToCause, 405, Rfc3398),
    row(65, ToSip, 488, Rfc3398),
    row(69, ToSip, 501, Rfc4497),
    row(70, ToSip, 488, Rfc3398),
    row(79, Both, 501, Rfc3398),
    row(79, ToCause, 406, Rfc3398),
    row(79, ToCause, 415, Rfc3398),
    row(87, ToSip, 403, Rfc3398),
    row(88, ToSip, 503, Rfc3398),
    row(88, ToCause, 488, Tandem),
    row(88, ToCause, 606, Tandem),
    row(102, Both, 504, Rfc3398),
    row(102, ToCause, 408, Rfc3398),
    row(111, ToSip, 500, Rfc3398),
    row(127, ToSip, 500, Rfc3398),
    row(127, ToCause, 413, Rfc3398),
    row(127, ToCause, 414, Rfc3398),
    row(127, ToCause, 416, Rfc3398),
    row(127, ToCause, 420, Rfc3398),
    row(127, ToCause, 421, Rfc3398),
    row(127, ToCause, 423, Rfc3398),
    row(127, ToCause, 505, Rfc3398),
    row(127, ToCause, 513, Rfc3398),
];

/// Status for a cause without a row.
const DEFAULT_STATUS: u16 = 500;

/// [`ROWS`] with an operator's changes in front.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CauseMap {
    to_sip: BTreeMap<Cause, u16>,
    to_cause: BTreeMap<u16, Cause>,
}

impl CauseMap {
    /// The plain table.
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on `cause` becomes `status`. Returns false, and changes nothing, unless `status` is 400 to 699.
    pub fn override_status(&mut self, cause: Cause, status: u16) -> bool {
        let fits = (400..=699).contains(&status);
        if fits {
            self.to_sip.insert(cause, status);
        }
        fits
    }

    /// From now on `status` becomes `cause`. Returns false, and changes nothing, unless `status` is 300 to 699.
    pub fn override_cause(&mut self, status: u16, cause: Cause) -> bool {
        let fits = (300..=699).contains(&status);
        if fits {
            self.to_cause.insert(status, cause);
        }
        fits
    }

    /// The final response to an INVITE that ends with `cause`: 500 when no row says more (RFC 3398). Send
    /// [`Reason::write`] beside it, so that the far end need not guess.
    pub fn status(&self, cause: Cause) -> u16 {
        if let Some(status) = self.to_sip.get(&cause) {
            return *status;
        }
        ROWS.iter()
            .find(|row| row.cause == cause.value() && row.direction != ToCause)
            .map_or(DEFAULT_STATUS, |row| row.status)
    }

    /// The cause of a final response: the `Reason` field's Q.850 value when there is one, else the table's, else 31
    /// (RFC 3398, clause 8.2.6.1).
    pub fn cause(&self, status: u16, reason: Option<&str>) -> Cause {
        if let Some(reason) = reason.and_then(Reason::parse) {
            return reason.cause;
        }
        if let Some(cause) = self.to_cause.get(&status) {
            return *cause;
        }
        ROWS.iter()
            .find(|row| row.status == status && row.direction != ToSip)
            .and_then(|row| Cause::new(row.cause))
            .unwrap_or(Cause::NORMAL_UNSPECIFIED)
    }

    /// The cause of a BYE or CANCEL request: its `Reason` field's Q.850 value, else 16 (RFC 3398, clause 8.2.6.1).
    pub fn cause_of_request(&self, reason: Option<&str>) -> Cause {
        reason
            .and_then(Reason::parse)
            .map_or(Cause::NORMAL, |reason| reason.cause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn one_row_a_key_and_direction() {
        let mut to_sip = BTreeSet::new();
        let mut to_cause = BTreeSet::new();
        for row in ROWS {
            assert!(Cause::new(row.cause).is_some());
            assert!((400..=699).contains(&row.status));
            assert!(
                row.direction == ToCause || to_sip.insert(row.cause),
                "cause {} twice",
                row.cause
            );
            assert!(
                row.direction == ToSip || to_cause.insert(row.status),
                "status {} twice",
                row.status
            );
        }
        assert!(
            ROWS.windows(2).all(|pair| pair[0].cause <= pair[1].cause),
            "rows stand by cause"
        );
    }

    #[test]
    fn the_well_known_ones() {
        let map = CauseMap::new();
        for (cause, status) in [
            (1, 404),
            (17, 486),
            (19, 480),
            (21, 403),
            (28, 484),
            (34, 503),
            (102, 504),
            (95, 500),
        ] {
            assert_eq!(map.status(Cause::new(cause).unwrap()), status);
        }
        for (status, cause) in [
            (404, 1),
            (486, 17),
            (480, 18),
            (503, 41),
            (408, 102),
            (600, 17),
            (499, 31),
            (302, 31),
        ] {
            assert_eq!(map.cause(status, None).value(), cause);
        }
    }

    #[test]
    fn reason_wins_and_overrides_win_over_rows() {
        let mut map = CauseMap::new();
        assert_eq!(map.cause(480, Some("Q.850;cause=19")), Cause::NO_ANSWER);
        assert_eq!(map.cause(480, Some("SIP;cause=480")), Cause::NO_RESPONSE);
        assert!(map.override_cause(480, Cause::NO_ANSWER));
        assert!(map.override_status(Cause::REJECTED, 603));
        assert_eq!(map.cause(480, None), Cause::NO_ANSWER);
        assert_eq!(map.status(Cause::REJECTED), 603);
        assert!(!map.override_status(Cause::REJECTED, 200));
        assert!(!map.override_cause(200, Cause::REJECTED));
        assert_eq!(map.cause_of_request(None), Cause::NORMAL);
        assert_eq!(
            map.cause_of_request(Some("Q.850;cause=31")),
            Cause::NORMAL_UNSPECIFIED
        );
    }
}
