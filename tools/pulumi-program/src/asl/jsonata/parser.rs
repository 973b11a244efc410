//! Parser, with the precedence and the special cases of `JSONata` 2.0.6 (`src/parser.js`).
//!
//! The linter needs to know in which context each part of an expression is evaluated, so the tree
//! has two kinds of parts. A part in [`Node::same`] has the same context as the node. A part in
//! [`Node::nested`] is evaluated once for each item of a value, with the item as context.

use super::tokens::{Token, Tokenizer};

/// Maximum nesting, so that no expression exhausts the stack.
const MAX_DEPTH: usize = 100;

/// Part of an expression.
#[derive(Debug)]
pub(super) struct Node<'a> {
    pub(super) kind: Kind<'a>,
    /// Parts that are evaluated in the same context as this node.
    pub(super) same: Vec<Node<'a>>,
    /// Parts that are evaluated once for each item of a value, with the item as context. In `a[b]`,
    /// `same` contains `a`, and `b` is evaluated for each item of `a`. In a transform, `same` is
    /// empty, and the items come from the transform's input.
    pub(super) nested: Vec<Node<'a>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// A field, the wildcard `*` or `**`, or the parent operator `%`.
    Name(&'a str),
    Variable(&'a str),
    /// A variable that gets its value here.
    Binding(&'a str),
    String,
    Number,
    Boolean,
    Null,
    Regex,
    /// `lhs.rhs`
    Path,
    /// `lhs[rhs]`
    Filter,
    /// `lhs{key: value}`
    Group,
    /// `lhs^(terms)`
    Sort,
    /// `lhs@$variable` or `lhs#$variable`
    Focus,
    /// `procedure(arguments)`; the procedure is the first part.
    Call,
    Lambda,
    Transform,
    Array,
    Object,
    Block,
    /// `condition ? then : else`
    Condition,
    /// `argument ~> function`
    Chain,
    /// `variable := value`
    Assignment,
    Comparison,
    Calculation,
    /// `?` in place of an argument.
    Placeholder,
}

impl<'a> Node<'a> {
    fn leaf(kind: Kind<'a>) -> Self {
        Self::of(kind, Vec::new())
    }

    fn of(kind: Kind<'a>, same: Vec<Self>) -> Self {
        Self { kind, same, nested: Vec::new() }
    }

    fn over(kind: Kind<'a>, item: Self, nested: Vec<Self>) -> Self {
        Self { kind, same: vec![item], nested }
    }

    /// This part without its filters and groups: `a` if this part is `a[0]` or `a{key: value}`.
    pub(super) fn operand(&self) -> &Self {
        match (self.kind, self.same.first()) {
            (Kind::Filter | Kind::Group, Some(inner)) => inner.operand(),
            _ => self,
        }
    }
}

pub(super) fn parse(expression: &str) -> Result<Node<'_>, String> {
    let mut tokenizer = Tokenizer::new(expression);
    let token = tokenizer.next(false)?;
    if token == Token::End {
        return Err("the expression is empty".to_owned());
    }
    let mut parser = Parser { tokenizer, token, depth: 0 };
    let node = parser.expression(0)?;
    match parser.token {
        Token::End => Ok(node),
        token => Err(unexpected(token)),
    }
}

fn unexpected(token: Token<'_>) -> String {
    match token {
        Token::End => "the expression is incomplete".to_owned(),
        token => format!("{} is not expected here", token.describe()),
    }
}

struct Parser<'a> {
    tokenizer: Tokenizer<'a>,
    /// The next token.
    token: Token<'a>,
    depth: usize,
}

impl<'a> Parser<'a> {
    /// Returns the next token, and reads the token after it. A `/` that follows the next token
    /// divides if `operand` is true; otherwise, it starts a regular expression.
    fn advance(&mut self, operand: bool) -> Result<Token<'a>, String> {
        let next = self.tokenizer.next(operand)?;
        Ok(std::mem::replace(&mut self.token, next))
    }

    fn at(&self, operator: &str) -> bool {
        self.token == Token::Operator(operator)
    }

    /// Skips `operator` if it comes next.
    fn skip(&mut self, operator: &str) -> Result<bool, String> {
        let found = self.at(operator);
        if found {
            self.advance(false)?;
        }
        Ok(found)
    }

    /// Requires that `operator` comes next. If the expression ends instead, the error says that
    /// `open` is not closed.
    fn expect(&mut self, operator: &str, open: &str, operand: bool) -> Result<(), String> {
        if self.at(operator) {
            return self.advance(operand).map(drop);
        }
        Err(match self.token {
            Token::End => format!("`{open}` is not closed"),
            token => format!("`{operator}` is expected in the place of {}", token.describe()),
        })
    }

    /// Reads an operand, and the operations that follow it as long as their operators bind more
    /// strongly than `power`.
    fn expression(&mut self, power: u8) -> Result<Node<'a>, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("the expression is nested more than {MAX_DEPTH} levels deep"));
        }
        let token = self.advance(true)?;
        let mut left = self.operand(token)?;
        while let Token::Operator(operator) = self.token
            && power < binding_power(operator)
        {
            self.advance(false)?;
            left = self.operation(operator, left)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    fn operand(&mut self, token: Token<'a>) -> Result<Node<'a>, String> {
        Ok(match token {
            // In the place of an operand, these tokens are fields, wildcards or the parent
            // operator.
            Token::Name(name)
            | Token::Operator(name @ ("and" | "or" | "in" | "*" | "**" | "%")) => {
                Node::leaf(Kind::Name(name))
            }
            Token::Variable(name) => Node::leaf(Kind::Variable(name)),
            Token::String => Node::leaf(Kind::String),
            Token::Number => Node::leaf(Kind::Number),
            Token::Boolean => Node::leaf(Kind::Boolean),
            Token::Null => Node::leaf(Kind::Null),
            Token::Regex => Node::leaf(Kind::Regex),
            Token::Operator("-") => Node::of(Kind::Calculation, vec![self.expression(70)?]),
            Token::Operator("(") => self.block()?,
            Token::Operator("[") => self.array()?,
            Token::Operator("{") => Node::of(Kind::Object, self.pairs()?),
            Token::Operator("|") => self.transform()?,
            token => return Err(unexpected(token)),
        })
    }

    /// Reads what follows `operator`, and returns the operation on `left`.
    fn operation(&mut self, operator: &'a str, left: Node<'a>) -> Result<Node<'a>, String> {
        let kind = match operator {
            "." => return self.step(left),
            "[" => return self.filter(left),
            "(" => return self.call(left),
            "{" => {
                if left.kind == Kind::Group {
                    return Err("a group cannot be grouped again".to_owned());
                }
                return Ok(Node::over(Kind::Group, left, self.pairs()?));
            }
            "^" => return self.sort(left),
            "@" | "#" => return self.focus(operator, left),
            "?" => return self.condition(left),
            ":=" => {
                let Kind::Variable(name) = left.kind else {
                    return Err("only a variable can stand before `:=`".to_owned());
                };
                let value = self.expression(binding_power(":=") - 1)?;
                return Ok(Node::of(
                    Kind::Assignment,
                    vec![Node::leaf(Kind::Binding(name)), value],
                ));
            }
            "~>" => Kind::Chain,
            "=" | "!=" | "<" | ">" | "<=" | ">=" | "and" | "or" | "in" => Kind::Comparison,
            _ => Kind::Calculation,
        };
        let right = self.expression(binding_power(operator))?;
        Ok(Node::of(kind, vec![left, right]))
    }

    /// Reads the right side of `left.right`. On either side, a string is the name of a field, and a
    /// number, a boolean or null is an error.
    fn step(&mut self, left: Node<'a>) -> Result<Node<'a>, String> {
        let right = self.expression(binding_power("."))?;
        let named = |node: Node<'a>| match node.operand().kind {
            Kind::Number | Kind::Boolean | Kind::Null => Err("only a name can stand beside `.`"),
            Kind::String if node.kind == Kind::String => Ok(Node::leaf(Kind::Name("a string"))),
            _ => Ok(node),
        };
        Ok(Node::over(Kind::Path, named(left)?, vec![named(right)?]))
    }

    fn filter(&mut self, left: Node<'a>) -> Result<Node<'a>, String> {
        // `[]` only turns a single result into an array, which does not matter to the linter.
        if self.skip("]")? {
            return Ok(left);
        }
        let is_path = |node: &Node<'_>| {
            matches!(node.operand().kind, Kind::Name(_) | Kind::Path | Kind::Sort | Kind::Focus)
        };
        if left.kind == Kind::Group && !left.same.first().is_some_and(is_path) {
            return Err("a filter cannot follow a group".to_owned());
        }
        let condition = self.expression(0)?;
        self.expect("]", "[", true)?;
        Ok(Node::over(Kind::Filter, left, vec![condition]))
    }

    fn sort(&mut self, left: Node<'a>) -> Result<Node<'a>, String> {
        self.expect("(", "^", false)?;
        let mut terms = Vec::new();
        loop {
            if !self.skip("<")? {
                self.skip(">")?;
            }
            terms.push(self.expression(0)?);
            if !self.skip(",")? {
                break;
            }
        }
        self.expect(")", "(", false)?;
        Ok(Node::over(Kind::Sort, left, terms))
    }

    fn focus(&mut self, operator: &str, left: Node<'a>) -> Result<Node<'a>, String> {
        let right = self.expression(binding_power(operator))?;
        let Kind::Variable(name) = right.kind else {
            return Err(format!("a variable is expected after `{operator}`"));
        };
        let last = if left.kind == Kind::Path { left.nested.last() } else { Some(&left) };
        if operator == "@"
            && last.is_some_and(|last| matches!(last.kind, Kind::Filter | Kind::Sort))
        {
            return Err("`@` cannot follow a filter or a sort".to_owned());
        }
        Ok(Node::of(Kind::Focus, vec![left, Node::leaf(Kind::Binding(name))]))
    }

    fn condition(&mut self, condition: Node<'a>) -> Result<Node<'a>, String> {
        let mut parts = vec![condition, self.expression(0)?];
        if self.skip(":")? {
            parts.push(self.expression(0)?);
        }
        Ok(Node::of(Kind::Condition, parts))
    }

    fn call(&mut self, procedure: Node<'a>) -> Result<Node<'a>, String> {
        let mut arguments = Vec::new();
        if !self.at(")") {
            loop {
                let placeholder = self.skip("?")?;
                arguments.push(if placeholder {
                    Node::leaf(Kind::Placeholder)
                } else {
                    self.expression(0)?
                });
                if !self.skip(",")? {
                    break;
                }
            }
        }
        self.expect(")", "(", true)?;
        if matches!(procedure.kind, Kind::Name("function" | "λ")) {
            return self.lambda(&arguments);
        }
        arguments.insert(0, procedure);
        Ok(Node::of(Kind::Call, arguments))
    }

    /// Reads what follows `function(parameters)`: a type signature, if there is one, and the body.
    fn lambda(&mut self, parameters: &[Node<'a>]) -> Result<Node<'a>, String> {
        let mut parts = Vec::new();
        for parameter in parameters {
            let Kind::Variable(name) = parameter.kind else {
                return Err("the parameters of a function must be variables".to_owned());
            };
            parts.push(Node::leaf(Kind::Binding(name)));
        }
        if self.at("<") {
            let mut depth = 1_usize;
            while depth > 0 && !self.at("{") && self.token != Token::End {
                self.advance(false)?;
                match self.token {
                    Token::Operator(">") => depth -= 1,
                    Token::Operator("<") => depth += 1,
                    _ => {}
                }
            }
            self.expect(">", "<", false)?;
        }
        self.expect("{", "function", false)?;
        parts.push(self.expression(0)?);
        self.expect("}", "{", false)?;
        Ok(Node::of(Kind::Lambda, parts))
    }

    fn block(&mut self) -> Result<Node<'a>, String> {
        let mut parts = Vec::new();
        while !self.at(")") {
            parts.push(self.expression(0)?);
            if !self.skip(";")? {
                break;
            }
        }
        self.expect(")", "(", true)?;
        Ok(Node::of(Kind::Block, parts))
    }

    fn array(&mut self) -> Result<Node<'a>, String> {
        let mut items = Vec::new();
        if !self.at("]") {
            loop {
                items.push(self.expression(0)?);
                if self.skip("..")? {
                    items.push(self.expression(0)?);
                }
                if !self.skip(",")? {
                    break;
                }
            }
        }
        self.expect("]", "[", true)?;
        Ok(Node::of(Kind::Array, items))
    }

    /// Reads keys and values up to `}`.
    fn pairs(&mut self) -> Result<Vec<Node<'a>>, String> {
        let mut parts = Vec::new();
        if !self.at("}") {
            loop {
                parts.push(self.expression(0)?);
                self.expect(":", "{", false)?;
                parts.push(self.expression(0)?);
                if !self.skip(",")? {
                    break;
                }
            }
        }
        self.expect("}", "{", true)?;
        Ok(parts)
    }

    /// Reads `|pattern|update, delete|` after the first bar.
    fn transform(&mut self) -> Result<Node<'a>, String> {
        let mut parts = vec![self.expression(0)?];
        self.expect("|", "|", false)?;
        parts.push(self.expression(0)?);
        if self.skip(",")? {
            parts.push(self.expression(0)?);
        }
        self.expect("|", "|", false)?;
        Ok(Node { kind: Kind::Transform, same: Vec::new(), nested: parts })
    }
}

/// Returns the strength with which `operator` binds its left operand; 0 if `operator` takes no left
/// operand.
fn binding_power(operator: &str) -> u8 {
    match operator {
        "[" | "(" | "@" | "#" => 80,
        "." => 75,
        "{" => 70,
        "*" | "/" | "%" => 60,
        "+" | "-" | "&" => 50,
        "=" | "!=" | "<" | ">" | "<=" | ">=" | "^" | "~>" | "in" => 40,
        "and" => 30,
        "or" => 25,
        "?" => 20,
        ":=" => 10,
        _ => 0,
    }
}
