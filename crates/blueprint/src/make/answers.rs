//! Who answers the caller of a webhook, and whether two of them can in one run: there and here, the first answer counts.

use super::file::Module;
use crate::ours::{Expr, Operator};

/// Whether one of these modules answers, or one in their routes or handlers.
pub(super) fn answers(modules: &[Module<'_>]) -> bool {
    modules.iter().any(|module| {
        module.kind == "gateway:WebhookRespond"
            || module.routes.iter().any(|route| answers(&route.flow))
            || answers(&module.onerror)
    })
}

/// The answers of the routes of a router, in their order.
pub(super) struct Answers {
    /// Whether there may be one before the router.
    pub(super) before: bool,
    /// The conditions of routes that answer.
    given: Vec<Option<Expr>>,
}

impl Answers {
    pub(super) fn before(before: bool) -> Self {
        Self { before, given: Vec::new() }
    }

    /// Whether there may be an answer when a route with this condition is taken.
    pub(super) fn may_be_there(&self, condition: Option<&Expr>) -> bool {
        let excludes = |other: &Option<Expr>| other.as_ref().zip(condition).is_some_and(|(a, b)| exclude(a, b));
        self.before || !self.given.iter().all(excludes)
    }

    /// Notes a route.
    pub(super) fn note(&mut self, condition: Option<&Expr>, flow: &[Module<'_>]) {
        if answers(flow) {
            self.given.push(condition.cloned());
        }
    }

    /// Whether there may be one behind the router.
    pub(super) fn are_there(&self) -> bool {
        self.before || !self.given.is_empty()
    }
}

/// Whether two conditions never hold both, as far as can be seen: what each asks of the same value.
fn exclude(a: &Expr, b: &Expr) -> bool {
    use Operator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
    if let Expr::Binary(Operator::And, left, right) = a {
        return exclude(left, b) || exclude(right, b);
    }
    if let Expr::Binary(Operator::And, left, right) = b {
        return exclude(a, left) || exclude(a, right);
    }
    if a.clone().negated() == *b || b.clone().negated() == *a {
        return true;
    }
    let (Expr::Binary(first, left, right), Expr::Binary(second, other, against)) = (a, b) else { return false };
    if left != other {
        return false;
    }
    if right != against {
        let is_literal = |expr: &Expr| matches!(expr, Expr::Text(_) | Expr::Int(_) | Expr::Float(_) | Expr::Bool(_));
        return (*first, *second) == (Equal, Equal) && is_literal(right) && is_literal(against);
    }
    matches!(
        (first, second),
        (Less, Equal | Greater | GreaterOrEqual)
            | (Greater, Equal | Less | LessOrEqual)
            | (Equal, Less | Greater)
            | (LessOrEqual, Greater)
            | (GreaterOrEqual, Less)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_exclude_each_other_where_that_is_to_be_seen() {
        let is = |operator: Operator, value: Expr| Expr::name("a").binary(operator, value);
        let (one, two) = (is(Operator::Equal, Expr::Int(1)), is(Operator::Equal, Expr::Int(2)));
        assert!(exclude(&one, &two));
        assert!(!exclude(&one, &one));
        assert!(exclude(&Expr::all([Expr::name("b"), one.clone()]), &Expr::all([two, Expr::name("c")])));
        assert!(exclude(&one, &one.clone().negated()));
        assert!(exclude(&is(Operator::Less, Expr::Int(1)), &is(Operator::GreaterOrEqual, Expr::Int(1))));
        assert!(!exclude(&is(Operator::Less, Expr::Int(1)), &is(Operator::Greater, Expr::Int(0))));
        assert!(!exclude(&one, &Expr::any([one.clone(), Expr::name("c")])));
    }
}
