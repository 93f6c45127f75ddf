using System.Text.Json.Serialization;
using DevOpsAI.Common;

namespace DevOpsAI.Tenancy;

/// <summary>A person. <paramref name="Name"/> is what to call them, never what to authorise.</summary>
/// <param name="ObjectId">The Entra object id; of somebody from another directory than the provider's own, <c>directory/object
/// id</c>.</param>
public sealed record Person(string ObjectId, string Name)
{
    public Actor AsActor() => new(ActorKind.Person, ObjectId, Name);
}

public enum ActorKind { Person, Service, Connection }

/// <summary>Who did it: a person (Entra object id), a part of this bot (as in <c>drafting</c>), or a connection (its name).</summary>
public sealed record Actor([property: JsonConverter(typeof(CamelCaseEnum<ActorKind>))] ActorKind Kind, string Id, string Name)
{
    /// <summary>It is the person with this object id.</summary>
    public bool IsSame(string objectId) => Kind == ActorKind.Person && string.Equals(Id, objectId, StringComparison.OrdinalIgnoreCase);

    public static Actor Service(string part) => new(ActorKind.Service, part, part);

    public static Actor Connection(string connection) => new(ActorKind.Connection, connection, connection);
}
