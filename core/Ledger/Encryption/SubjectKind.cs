using System.Text.Json.Serialization;
using DevOpsAI.Common;

namespace DevOpsAI.Ledger.Encryption;

/// <summary>
/// Whose personal data: a person who works with the bot, known by Entra object id, or a user named by events, known by address.
/// </summary>
[JsonConverter(typeof(CamelCaseEnum<SubjectKind>))]
public enum SubjectKind { Person, User }
