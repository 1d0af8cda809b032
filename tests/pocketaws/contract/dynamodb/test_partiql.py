"""PartiQL: what statements do, what they consume, and what AWS says of wrong ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

GUIDE = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
SELECT = f"{GUIDE}ql-reference.select.html"
INSERT = f"{GUIDE}ql-reference.insert.html"
UPDATE = f"{GUIDE}ql-reference.update.html"
DELETE = f"{GUIDE}ql-reference.delete.html"
TYPES = f"{GUIDE}ql-reference.data-types.html"
FUNCTIONS = f"{GUIDE}ql-functions.html"
BATCH = f"{GUIDE}ql-reference.multiplestatements.batching.html"
TRANSACTION = f"{GUIDE}ql-reference.multiplestatements.transactions.html"
API = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteStatement.html"
MALFORMED = "Statement wasn't well formed, can't be processed: "


@pytest.fixture
def run(dynamodb: Any, orders: str) -> Callable[..., Any]:
    """``run("SELECT ...", *parameters)`` returns the items; the table holds three orders of a and one of b."""
    for customer, placed, amount, city in (
        ("a", "2026-01", "10", "Bern"),
        ("a", "2026-02", "20", "Rome"),
        ("a", "2027-01", "30", "Bern"),
        ("b", "2026-01", "40", "Oslo"),
    ):
        item = {"customer": {"S": customer}, "placed": {"S": placed}, "amount": {"N": amount}, "city": {"S": city}}
        dynamodb.put_item(TableName=orders, Item=item | {"lines": {"L": [{"M": {"sku": {"S": f"{city}-1"}}}]}})

    def execute(statement: str, *parameters: dict[str, Any], **more: Any) -> Any:
        if parameters:
            more["Parameters"] = list(parameters)
        return dynamodb.execute_statement(Statement=statement, **more)["Items"]

    return execute


def placed(items: list[dict[str, Any]]) -> list[str]:
    return [item["placed"]["S"] for item in items]


@pytest.mark.aws(SELECT, operation="dynamodb:ExecuteStatement")
@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("customer = 'a'", ["2026-01", "2026-02", "2027-01"]),
        ("customer='a' AND placed>='2026-02'", ["2026-02", "2027-01"]),
        ("'a' = customer AND '2026-02' >= placed", ["2026-01", "2026-02"]),
        ("customer = 'a' AND begins_with(placed, '2026') ORDER BY placed DESC", ["2026-02", "2026-01"]),
        ("customer = 'a' AND placed BETWEEN '2026-02' AND '2027-01'", ["2026-02", "2027-01"]),
        ("customer = 'a' AND amount > 10 AND city <> 'Rome'", ["2027-01"]),
        ("customer = 'a' AND (placed = '2026-01' OR amount = 30)", ["2026-01", "2027-01"]),
        ("customer IN ['b', 'a'] AND placed = '2026-01' ORDER BY customer", ["2026-01", "2026-01"]),
        ("customer = 'a' AND NOT contains(city, 'e')", []),
        ("customer = 'a' AND city IN ('Rome', 'Oslo')", ["2026-02"]),
        ("customer = 'b' AND discount IS MISSING AND amount IS NOT MISSING", ["2026-01"]),
        ("customer = 'b' AND size(city) = 4 AND attribute_type(amount, 'N')", ["2026-01"]),
        ("\"customer\"='b' AND lines[0].sku = 'Oslo-1'", ["2026-01"]),
        ("customer = 'a' AND city IS STRING AND city IS NOT NULL AND amount - 0 = 20", None),
        ("customer = 'a' AND placed = '2026-01' OR customer = 'b'", ["2026-01", "2026-01"]),
    ],
)
def test_a_where_clause_selects(run: Any, where: str, found: list[str] | None) -> None:
    if found is None:
        with pytest.raises(ClientError, match="Unsupported operator in Condition Expression"):
            run(f"SELECT * FROM Orders WHERE {where}")
        return
    assert placed(run(f"SELECT * FROM Orders WHERE {where}")) == found


@pytest.mark.aws(SELECT, operation="dynamodb:ExecuteStatement")
def test_a_projection_names_each_path_by_its_last_part(run: Any) -> None:
    items = run("SELECT lines[0].sku, lines[0], nothing FROM Orders WHERE customer = ? AND placed = ?",
                {"S": "b"}, {"S": "2026-01"})  # fmt: skip
    assert items == [{"sku": {"S": "Oslo-1"}, "lines[0]": {"M": {"sku": {"S": "Oslo-1"}}}}]


@pytest.mark.aws(SELECT, operation="dynamodb:ExecuteStatement")
def test_an_index_is_a_source_and_shows_what_it_holds(run: Any) -> None:
    items = run('SELECT * FROM "Orders"."by-city" WHERE city = \'Bern\' AND amount > 10')
    assert items == [{
        "customer": {"S": "a"}, "placed": {"S": "2027-01"}, "amount": {"N": "30"}, "city": {"S": "Bern"}
    }]  # fmt: skip


@pytest.mark.aws(API, operation="dynamodb:ExecuteStatement")
def test_units_are_those_of_a_query_and_of_a_scan(dynamodb: Any, orders: str, run: Any) -> None:
    def units(statement: str, **more: Any) -> float:
        more["ReturnConsumedCapacity"] = "TOTAL"
        return float(dynamodb.execute_statement(Statement=statement, **more)["ConsumedCapacity"]["CapacityUnits"])

    dynamodb.put_item(TableName=orders, Item={"customer": {"S": "c"}, "placed": {"S": "1"}, "x": {"S": "x" * 8000}})
    assert units("SELECT * FROM Orders WHERE customer = 'a'") == 0.5
    assert units("SELECT * FROM Orders WHERE customer = 'c'") == 1.0
    assert units("SELECT * FROM Orders WHERE customer = 'c'", ConsistentRead=True) == 2.0
    assert units("SELECT * FROM Orders WHERE amount = 20") == 1.5
    assert units("SELECT * FROM Orders WHERE customer IN ['a', 'c']") == 1.5
    assert units("INSERT INTO Orders VALUE {'customer': 'd', 'placed': '1'}") == 1.0
    assert units("UPDATE Orders SET x = 'y' WHERE customer = 'c' AND placed = '1'") == 8.0


@pytest.mark.aws(API, operation="dynamodb:ExecuteStatement")
def test_pages_follow_one_another_through_a_query_of_several_partitions_and_a_scan(dynamodb: Any, run: Any) -> None:
    for statement in ("SELECT * FROM Orders WHERE customer IN ['a', 'b']", "SELECT * FROM Orders"):
        found: list[str] = []
        more: dict[str, Any] = {}
        pages = 0
        while True:
            answer = dynamodb.execute_statement(Statement=statement, Limit=1, **more)
            found += [item["customer"]["S"] + item["placed"]["S"] for item in answer["Items"]]
            pages += 1
            if "NextToken" not in answer:
                break
            more = {"NextToken": answer["NextToken"]}
        assert sorted(found) == ["a2026-01", "a2026-02", "a2027-01", "b2026-01"]
        assert pages >= 4
    with pytest.raises(ClientError, match="NextToken does not match request"):
        dynamodb.execute_statement(Statement="SELECT placed FROM Orders", **more)
    with pytest.raises(ClientError, match="Invalid NextToken"):
        dynamodb.execute_statement(Statement="SELECT * FROM Orders", NextToken="garbage")


@pytest.mark.aws(TYPES, operation="dynamodb:ExecuteStatement")
def test_an_insert_stores_every_type(dynamodb: Any, orders: str) -> None:
    statement = """
        INSERT INTO Orders VALUE {'customer': 'o''hara', 'placed': ?, 'n': -1.50, 'e': 1e3, 'yes': TRUE, 'none': null,
        'list': [1, 'two', {'three': 3}], 'names': <<'x', 'y'>>, 'numbers': <<1, 2.0>>} -- a remark
    """
    dynamodb.execute_statement(Statement=statement, Parameters=[{"S": "now"}])
    key = {"customer": {"S": "o'hara"}, "placed": {"S": "now"}}
    assert dynamodb.get_item(TableName=orders, Key=key)["Item"] == key | {
        "n": {"N": "-1.5"},
        "e": {"N": "1000"},
        "yes": {"BOOL": True},
        "none": {"NULL": True},
        "list": {"L": [{"N": "1"}, {"S": "two"}, {"M": {"three": {"N": "3"}}}]},
        "names": {"SS": ["x", "y"]},
        "numbers": {"NS": ["1", "2"]},
    }


@pytest.mark.aws(UPDATE, operation="dynamodb:ExecuteStatement")
def test_an_update_sets_removes_appends_adds_and_returns(dynamodb: Any, orders: str, run: Any) -> None:
    where = "WHERE customer='b' AND placed='2026-01'"
    run(f"UPDATE Orders SET tags=<<'x','y'>>, stock=[1] SET amount=amount+2 {where}")
    items = run(
        "UPDATE Orders SET stock = list_append(stock, [2]), tags = set_add(tags, <<'z'>>) "
        f"SET amount = amount - 1 REMOVE city {where} RETURNING ALL NEW *"
    )
    assert items[0]["stock"] == {"L": [{"N": "1"}, {"N": "2"}]}
    assert sorted(items[0]["tags"]["SS"]) == ["x", "y", "z"]
    assert items[0]["amount"] == {"N": "41"}
    assert "city" not in items[0]
    changed = run(f"UPDATE Orders SET tags = set_delete(tags, <<'x', 'y'>>) {where} RETURNING MODIFIED NEW *")
    assert changed == [{"tags": {"SS": ["z"]}}]
    assert run(f"UPDATE Orders REMOVE tags {where} RETURNING MODIFIED NEW *") == []
    assert run(f"UPDATE Orders SET amount = 1 {where} RETURNING MODIFIED OLD *") == [{"amount": {"N": "41"}}]


@pytest.mark.aws(DELETE, operation="dynamodb:ExecuteStatement")
def test_a_delete_of_nothing_does_nothing_and_of_something_can_return_it(run: Any) -> None:
    assert run("DELETE FROM Orders WHERE customer='z' AND placed='1' AND amount = 5 RETURNING ALL OLD *") == []
    (gone,) = run("DELETE FROM Orders WHERE customer='b' AND placed='2026-01' AND amount = 40 RETURNING ALL OLD *")
    assert gone["city"] == {"S": "Oslo"}
    assert run("SELECT * FROM Orders WHERE customer = 'b'") == []


KEY = "WHERE customer='a' AND placed='2026-01'"


@pytest.mark.parametrize(
    ("statement", "code", "message"),
    [
        pytest.param(statement, code, message, marks=pytest.mark.aws(document, operation="dynamodb:ExecuteStatement"))
        for document, statement, code, message in [
            (INSERT, "INSERT INTO Orders VALUE {'customer': 'a', 'placed': '2026-01'}", "DuplicateItemException",
             "Duplicate primary key exists in table"),
            (INSERT, "INSERT INTO Orders VALUE {'customer': 'a'}", "ValidationException",
             "Key attribute should be present in the item: Key placed"),
            (INSERT, "INSERT INTO Orders VALUE {'customer': 1, 'placed': 'x'}", "ValidationException",
             "Key attribute's data type should match its data type in table's schema: Key customer"),
            (INSERT, "INSERT INTO Orders VALUE {'customer': 'a', 'l': [1, 1e126]}", "ValidationException",
             "Number overflow. Attempting to store a number with magnitude larger than supported range under root[1]"),
            (UPDATE, "UPDATE Orders SET x=1 WHERE customer='z' AND placed='1'", "ConditionalCheckFailedException",
             "The conditional request failed"),
            (UPDATE, f"UPDATE Orders SET x=1 {KEY} AND amount=11", "ConditionalCheckFailedException",
             "The conditional request failed"),
            (UPDATE, "UPDATE Orders SET x=1 WHERE customer='a'", "ValidationException",
             "Where clause does not contain a mandatory equality on all key attributes"),
            (UPDATE, f"UPDATE Orders SET x.y=1 {KEY}", "ValidationException",
             "The document path provided in the update expression is invalid for update"),
            (UPDATE, f"UPDATE Orders SET t = set_add(s, <<'x'>>) {KEY}", "ValidationException",
             "The first argument to SET_ADD must equal the assignment value at 1:23:7"),
            (UPDATE, f"UPDATE Orders SET s = set_add(s, 'x') {KEY}", "ValidationException",
             "The second argument to SET_ADD must be a value with type SET at 1:31:1"),
            (DELETE, f"DELETE FROM Orders {KEY} AND amount=11", "ConditionalCheckFailedException",
             "The conditional request failed"),
            (DELETE, f"DELETE FROM Orders {KEY} RETURNING ALL NEW *", "ValidationException",
             "Invalid returning clause: RETURNING ALL NEW *. "
             "Only RETURNING ALL OLD * is allowed in DELETE statements."),
            (SELECT, "SELECT * FROM Absent WHERE x = 1", "ResourceNotFoundException", "Requested resource not found"),
            (SELECT, "SELECT * FROM Orders.absent", "ValidationException",
             "The table does not have the specified index"),
            (SELECT, "SELECT * FROM Orders.\"by-city\" WHERE city = 'Bern' AND lines[0] = 1", "ValidationException",
             "One or more parameter values were invalid: Secondary index by-city does not project one or more filter "
             "attributes: [lines]"),
            (SELECT, "SELECT lines FROM Orders.\"by-city\" WHERE city = 'Bern'", "ValidationException",
             "One or more parameter values were invalid: Global secondary index by-city does not project [lines]"),
            (SELECT, "SELECT * FROM Orders o WHERE customer='a'", "ValidationException", "Aliasing is not supported"),
            (SELECT, "SELECT * FROM Orders ORDER BY placed", "ValidationException",
             "Must have WHERE clause in the statement when using ORDER BY clause."),
            (SELECT, "SELECT * FROM Orders WHERE amount = 1 ORDER BY placed", "ValidationException",
             "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause."),
            (SELECT, "SELECT * FROM Orders WHERE customer = 'a' ORDER BY city", "ValidationException",
             "Attribute city in ORDER BY clause must be part of the primary key"),
            (SELECT, "SELECT * FROM Orders WHERE customer = 'a' AND amount = 1 OR customer = 'a' AND placed = '1'",
             "ValidationException", "Overlapping conditions with range keys are not supported in where clause"),
            (SELECT, "SELECT COUNT(*) FROM Orders", "ValidationException", "Unexpected path component at 1:8:5"),
            (SELECT, "SELECT * FROM Orders LIMIT 5", "ValidationException", "Unsupported clause: LIMIT at 1:28:1"),
            (SELECT, "SELECT * FROM Orders WHERE customer = ?", "ValidationException",
             "Number of parameters in request and statement don't match."),
            (SELECT, "SELECT * FROM Orders WHERE customer = MISSING", "ValidationException",
             "MISSING must be compared using IS operator"),
            (SELECT, "SELECT * FROM Orders WHERE amount < true", "ValidationException",
             "Incorrect operand type for operator or function; operator or function: <, operand type: BOOL"),
            (FUNCTIONS, "SELECT * FROM Orders WHERE lower(city) = 'x'", "ValidationException",
             "Unrecognized function: lower at 1:28:5"),
            (FUNCTIONS, "SELECT * FROM Orders WHERE size(city = 'x') = 1", "ValidationException",
             "Unsupported operator in Condition Expression. Operator: size"),
            (FUNCTIONS, "SELECT * FROM Orders WHERE exists(city)", "ValidationException",
             "Unrecognized function: exists at 1:28:6"),
            (FUNCTIONS, f"EXISTS(SELECT * FROM Orders {KEY} AND amount = 1)", "ValidationException",
             "EXISTS can only be used in ExecuteTransaction write requests."),
            (SELECT, "SELECTT * FROMM Orders", "ValidationException", MALFORMED + "Expected data manipulation"),
            (SELECT, "SELECT * FROM Orders WHERE", "ValidationException", MALFORMED + "Unexpected term"),
            (SELECT, "SELECT * FROM Orders WHERE customer = 'a' extra", "ValidationException",
             MALFORMED + "Unexpected token after expression"),
            (SELECT, "SELECT * FROM Orders WHERE customer = 'a' AND", "ValidationException",
             MALFORMED + "Missing right-hand side expression of infix operator"),
            (SELECT, "SELECT * FROM Orders WHERE customer = 'a", "ValidationException", MALFORMED),
            (SELECT, "SELECT user FROM Orders", "ValidationException", MALFORMED + "Unexpected keyword"),
        ]
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused(
    dynamodb: Any, run: Any, refused: Any, statement: str, code: str, message: str
) -> None:
    assert refused(dynamodb.execute_statement, Statement=statement) == (code, message)


@pytest.mark.aws(BATCH, operation="dynamodb:BatchExecuteStatement")
def test_in_a_batch_each_statement_stands_alone(dynamodb: Any, run: Any) -> None:
    answer = dynamodb.batch_execute_statement(
        Statements=[
            {"Statement": f"SELECT city FROM Orders {KEY}", "ConsistentRead": True},
            {"Statement": "SELECT * FROM Orders WHERE customer = 'a'"},
            {"Statement": "SLECT"},
            {"Statement": "SELECT * FROM Absent WHERE customer = 'a'"},
            {"Statement": "SELECT * FROM Orders WHERE customer = 'z' AND placed = '1'"},
        ],
        ReturnConsumedCapacity="TOTAL",
    )
    assert answer["Responses"] == [
        {"TableName": "Orders", "Item": {"city": {"S": "Bern"}}},
        {"Error": {"Code": "ValidationError", "Message":
         "Select statements within BatchExecuteStatement must specify the primary key in the where clause."}},
        {"Error": {"Code": "ValidationError", "Message": MALFORMED + "Expected data manipulation"}},
        {"Error": {"Code": "ResourceNotFound", "Message": "Requested resource not found"}},
        {"TableName": "Orders"},
    ]  # fmt: skip
    assert answer["ConsumedCapacity"] == [{"TableName": "Orders", "CapacityUnits": 1.5}]


@pytest.mark.aws(BATCH, operation="dynamodb:BatchExecuteStatement")
def test_a_batch_of_writes_goes_on_after_a_failure(dynamodb: Any, run: Any) -> None:
    answer = dynamodb.batch_execute_statement(
        Statements=[
            {"Statement": "INSERT INTO Orders VALUE {'customer': 'a', 'placed': '2026-01'}"},
            {"Statement": f"UPDATE Orders SET amount = 5 {KEY} AND amount = 11"},
            {"Statement": f"DELETE FROM Orders {KEY} RETURNING ALL OLD *"},
        ]
    )
    codes = [response.get("Error", {}).get("Code") for response in answer["Responses"]]
    assert codes == ["DuplicateItem", "ConditionalCheckFailed", None]
    assert {response["TableName"] for response in answer["Responses"]} == {"Orders"}
    assert answer["Responses"][2]["Item"]["amount"] == {"N": "10"}


@pytest.mark.aws(TRANSACTION, operation="dynamodb:ExecuteTransaction")
def test_a_transaction_does_all_or_nothing(dynamodb: Any, run: Any) -> None:
    exists = f"EXISTS(SELECT * FROM Orders {KEY} AND amount = 10)"
    insert = "INSERT INTO Orders VALUE {'customer': 'n', 'placed': ?}"
    answer = dynamodb.execute_transaction(
        TransactStatements=[{"Statement": exists}, {"Statement": insert, "Parameters": [{"S": "1"}]}],
        ReturnConsumedCapacity="TOTAL",
    )
    assert answer["ConsumedCapacity"] == [{"TableName": "Orders", "CapacityUnits": 4.0, "WriteCapacityUnits": 4.0}]
    with pytest.raises(ClientError) as caught:
        dynamodb.execute_transaction(
            TransactStatements=[
                {"Statement": insert, "Parameters": [{"S": "1"}]},
                {"Statement": insert, "Parameters": [{"S": "2"}]},
            ]
        )
    response: Any = caught.value.response
    assert response["Error"]["Code"] == "TransactionCanceledException"
    assert [reason["Code"] for reason in response["CancellationReasons"]] == ["DuplicateItem", "None"]
    assert placed(run("SELECT * FROM Orders WHERE customer = 'n'")) == ["1"]


@pytest.mark.aws(TRANSACTION, operation="dynamodb:ExecuteTransaction")
def test_a_transaction_of_reads_costs_twice(dynamodb: Any, run: Any) -> None:
    answer = dynamodb.execute_transaction(
        TransactStatements=[
            {"Statement": f"SELECT city FROM Orders {KEY}"},
            {"Statement": "SELECT * FROM Orders WHERE customer = 'z' AND placed = '1'"},
        ],
        ReturnConsumedCapacity="TOTAL",
    )
    assert answer["Responses"] == [{"Item": {"city": {"S": "Bern"}}}, {}]
    assert answer["ConsumedCapacity"][0]["CapacityUnits"] == 4.0


@pytest.mark.aws(TRANSACTION, operation="dynamodb:ExecuteTransaction")
@pytest.mark.parametrize(
    ("statements", "message"),
    [
        ([f"SELECT * FROM Orders {KEY}", f"DELETE FROM Orders {KEY}"],
         "ExecuteTransaction API does not support both read and write operations in the same request."),
        ([f"UPDATE Orders SET x = 1 {KEY} RETURNING ALL NEW *"],
         "Validation failed in TransactStatements[0]: RETURNING clause is not supported in ExecuteTransaction."),
        (["SELECT * FROM Orders.\"by-city\" WHERE city = 'Bern'"],
         "Validation failed in TransactStatements[0]: Reads on indices are not supported within transactions."),
        (["SELECT * FROM Orders WHERE customer = 'a'"],
         "Validation failed in TransactStatements[0]: Select statements within ExecuteTransaction must specify the "
         "primary key in the where clause."),
        ([f"DELETE FROM Orders {KEY}", f"EXISTS(SELECT * FROM Orders {KEY})"],
         "Validation failed in TransactStatements[1]: EXISTS() must contain a single item read with additional "
         "condition"),
        ([f"DELETE FROM Orders {KEY}", f"UPDATE Orders SET x = 1 {KEY}"],
         "Transaction request cannot include multiple operations on one item"),
    ],
)  # fmt: skip
def test_what_cannot_be_in_a_transaction_is_refused(
    dynamodb: Any, run: Any, refused: Any, statements: list[str], message: str
) -> None:
    entries = [{"Statement": statement} for statement in statements]
    assert refused(dynamodb.execute_transaction, TransactStatements=entries) == ("ValidationException", message)
