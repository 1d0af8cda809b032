"""The expressions of DynamoDB: parsed into syntax trees that evaluate themselves on an item.

Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html,
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
"""

from pocketaws.engines.dynamodb.expressions.condition import parse_condition
from pocketaws.engines.dynamodb.expressions.key_condition import KeyCondition, key_terms
from pocketaws.engines.dynamodb.expressions.paths import Path, project
from pocketaws.engines.dynamodb.expressions.placeholders import Placeholders
from pocketaws.engines.dynamodb.expressions.projection import parse_projection
from pocketaws.engines.dynamodb.expressions.trees import Condition, paths_in
from pocketaws.engines.dynamodb.expressions.update import Update, parse_update

__all__ = [
    "Condition",
    "KeyCondition",
    "Path",
    "Placeholders",
    "Update",
    "key_terms",
    "parse_condition",
    "parse_projection",
    "parse_update",
    "paths_in",
    "project",
]
