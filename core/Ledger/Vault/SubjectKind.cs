using System.Text.Json.Serialization;

namespace DevOpsAI.Ledger.Vault;

/// <summary>Whose personal data: a person who works with the bot, known by Entra object id, or a user named by events, known by address.</summary>
[JsonConverter(typeof(CamelCaseEnum<SubjectKind>))]
public enum SubjectKind { Person, User }
