// SPDX-License-Identifier: MIT OR Apache-2.0
//! The four components of remote operations (X.229 as Q.932 has it; ASN.1 read, clauses not checked).

use crate::ber::schema::{Tagging, enumerated, optional, required};
use crate::ber::{Asn1, Element, Null, Reader, Tag, Writer};
use crate::error::{Error, Fault};
use crate::operation::Code;

/// An invoke identifier.
pub type InvokeId = i16;

enumerated! {
    /// What is wrong with a component whatever its kind.
    GeneralProblem INTEGER {
        /// Not a component.
        UnrecognizedComponent = 0;
        /// Not built as its kind must be.
        MistypedComponent = 1;
        /// Not even encoded properly.
        BadlyStructuredComponent = 2;
    }
}

enumerated! {
    /// What is wrong with an invocation.
    InvokeProblem INTEGER {
        /// Its identifier is in use.
        DuplicateInvocation = 0;
        /// No such operation.
        UnrecognizedOperation = 1;
        /// Its argument is not of the operation's type.
        MistypedArgument = 2;
        /// It cannot be done now.
        ResourceLimitation = 3;
        /// The association is being released.
        ReleaseInProgress = 4;
        /// The identifier that it is linked to is not known.
        UnrecognizedLinkedId = 5;
        /// That one has no linked operations.
        LinkedResponseUnexpected = 6;
        /// That one has others.
        UnexpectedLinkedOperation = 7;
    }
}

enumerated! {
    /// What is wrong with a result.
    ResultProblem INTEGER {
        /// No such invocation.
        UnrecognizedInvocation = 0;
        /// The operation has no results.
        ResultUnexpected = 1;
        /// Not of the operation's type.
        MistypedResult = 2;
    }
}

enumerated! {
    /// What is wrong with an error.
    ErrorProblem INTEGER {
        /// No such invocation.
        UnrecognizedInvocation = 0;
        /// The operation has no errors.
        ErrorUnexpected = 1;
        /// No such error.
        UnrecognizedError = 2;
        /// Not one of the operation's.
        UnexpectedError = 3;
        /// Its parameter is not of its type.
        MistypedParameter = 4;
    }
}

/// Why a component was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Whatever its kind.
    General(GeneralProblem),
    /// An invocation.
    Invoke(InvokeProblem),
    /// A result.
    Result(ResultProblem),
    /// An error.
    Error(ErrorProblem),
}

/// One component, its argument, result or parameter still encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Component {
    /// Asks for an operation.
    Invoke {
        /// Its identifier.
        id: InvokeId,
        /// The invocation that it belongs to.
        linked: Option<InvokeId>,
        /// The operation.
        code: Code,
        /// The argument's element, or nothing.
        argument: Vec<u8>,
    },
    /// Says that an operation succeeded.
    ReturnResult {
        /// The invocation.
        id: InvokeId,
        /// The operation and its result's element, if it has one.
        result: Option<(Code, Vec<u8>)>,
    },
    /// Says that an operation failed.
    ReturnError {
        /// The invocation.
        id: InvokeId,
        /// The error.
        code: Code,
        /// The parameter's element, or nothing.
        parameter: Vec<u8>,
    },
    /// Refuses a component.
    Reject {
        /// Its identifier, if one could be read.
        id: Option<InvokeId>,
        /// Why.
        problem: Problem,
    },
}

const INVOKE: Tag = Tag::context(1);
const RESULT: Tag = Tag::context(2);
const ERROR: Tag = Tag::context(3);
const REJECT: Tag = Tag::context(4);

impl Component {
    /// Whether an element with this tag is a component.
    pub(crate) fn accepts(tag: Tag) -> bool {
        [INVOKE, RESULT, ERROR, REJECT].contains(&tag)
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        match self {
            Component::Invoke {
                id,
                linked,
                code,
                argument,
            } => writer.constructed(INVOKE, |writer| {
                id.write(writer, None);
                if let Some(linked) = linked {
                    linked.write(writer, Some(Tag::context(0)));
                }
                code.write(writer, None);
                writer.raw(argument);
            }),
            Component::ReturnResult { id, result } => writer.constructed(RESULT, |writer| {
                id.write(writer, None);
                if let Some((code, result)) = result {
                    writer.constructed(Tag::SEQUENCE, |writer| {
                        code.write(writer, None);
                        writer.raw(result);
                    });
                }
            }),
            Component::ReturnError {
                id,
                code,
                parameter,
            } => writer.constructed(ERROR, |writer| {
                id.write(writer, None);
                code.write(writer, None);
                writer.raw(parameter);
            }),
            Component::Reject { id, problem } => writer.constructed(REJECT, |writer| {
                match id {
                    Some(id) => id.write(writer, None),
                    None => Null.write(writer, None),
                }
                match problem {
                    Problem::General(problem) => problem.write(writer, Some(Tag::context(0))),
                    Problem::Invoke(problem) => problem.write(writer, Some(Tag::context(1))),
                    Problem::Result(problem) => problem.write(writer, Some(Tag::context(2))),
                    Problem::Error(problem) => problem.write(writer, Some(Tag::context(3))),
                }
            }),
        }
    }

    /// Reads one from its element.
    pub(crate) fn read(element: &Element<'_>) -> Result<Component, Error> {
        let mut reader = element.inside("component")?;
        let own = Tagging::Own;
        if element.tag == REJECT {
            return read_reject(&mut reader);
        }
        let id = required(&mut reader, own, "invoke identifier")?;
        match element.tag {
            INVOKE => {
                let linked = optional(&mut reader, Tagging::Implicit(0))?;
                let code = required(&mut reader, own, "operation")?;
                let argument = elements(&reader, "argument")?;
                Ok(Component::Invoke {
                    id,
                    linked,
                    code,
                    argument,
                })
            }
            RESULT => {
                let result = match reader.read("result")? {
                    None => None,
                    Some(sequence) if sequence.tag == Tag::SEQUENCE => {
                        let mut inside = sequence.inside("result")?;
                        let code = required(&mut inside, own, "operation")?;
                        Some((code, elements(&inside, "result")?))
                    }
                    Some(other) => {
                        let found = other.tag;
                        return Err(other.error("result", Fault::Unexpected { found }));
                    }
                };
                Ok(Component::ReturnResult { id, result })
            }
            ERROR => {
                let code = required(&mut reader, own, "error")?;
                let parameter = elements(&reader, "parameter")?;
                Ok(Component::ReturnError {
                    id,
                    code,
                    parameter,
                })
            }
            found => Err(element.error("component", Fault::Unexpected { found })),
        }
    }

    /// The invoke identifier of a component, even of one that is not right otherwise.
    pub(crate) fn identifier(element: &Element<'_>) -> Option<InvokeId> {
        let mut reader = element.inside("component").ok()?;
        required(&mut reader, Tagging::Own, "invoke identifier").ok()
    }
}

fn read_reject(reader: &mut Reader<'_>) -> Result<Component, Error> {
    let own = Tagging::Own;
    let id = match optional::<InvokeId>(reader, own)? {
        Some(id) => Some(id),
        None => {
            let Null = required(reader, own, "invoke identifier")?;
            None
        }
    };
    let problem = if let Some(problem) = optional(reader, Tagging::Implicit(0))? {
        Problem::General(problem)
    } else if let Some(problem) = optional(reader, Tagging::Implicit(1))? {
        Problem::Invoke(problem)
    } else if let Some(problem) = optional(reader, Tagging::Implicit(2))? {
        Problem::Result(problem)
    } else {
        Problem::Error(required(reader, Tagging::Implicit(3), "problem")?)
    };
    Ok(Component::Reject { id, problem })
}

/// What is left, which must be whole elements.
fn elements(reader: &Reader<'_>, what: &'static str) -> Result<Vec<u8>, Error> {
    let mut check = reader.clone();
    while check.read(what)?.is_some() {}
    Ok(reader.rest().to_vec())
}
