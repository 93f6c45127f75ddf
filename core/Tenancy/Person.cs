using System.Text.Json.Serialization;
using DevOpsAI.Common;

namespace DevOpsAI.Tenancy;

/// <summary>A person. <paramref name="Name"/> is what to call them, never what to authorise.</summary>
public sealed record Person(PersonId ObjectId, string Name)
{
    public Actor AsActor() => new(ActorKind.Person, ObjectId.Value, Name);
}

public enum ActorKind { Person, Service, Connection }

/// <summary>Who did it: a person (Entra object id), a part of this bot (as in <c>drafting</c>), or a connection (its name).</summary>
public sealed record Actor([property: JsonConverter(typeof(CamelCaseEnum<ActorKind>))] ActorKind Kind, string Id, string Name)
{
    /// <summary>The person; nobody for a part of this bot and for a connection.</summary>
    [JsonIgnore]
    public PersonId Person => Kind == ActorKind.Person ? PersonId.From(Id) : default;

    /// <summary>It is this person.</summary>
    public bool IsSame(PersonId person) => !person.IsNobody && Person == person;

    public static Actor Service(string part) => new(ActorKind.Service, part, part);

    public static Actor Connection(string connection) => new(ActorKind.Connection, connection, connection);
}
