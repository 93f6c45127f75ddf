using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using System.Text.Json;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Encryption;

/// <summary>Under whose key a marked member is encrypted.</summary>
internal enum KeyOwner
{
    /// <summary>The user whom the fact is about, else the tenant.</summary>
    SubjectOrTenant,

    /// <summary>The person who acts, else the tenant.</summary>
    ActorOrTenant,

    /// <summary>The user whom the fact is about; else it is not encrypted.</summary>
    Subject,

    /// <summary>The person named in another member; else it is not encrypted.</summary>
    Person,

    /// <summary>The person that the member is; only the name is taken out.</summary>
    Itself,
}

/// <summary>A marked member of a fact.</summary>
/// <param name="Name">As it is stored: camel case, UTF-8.</param>
/// <param name="Path">As leaf and encrypted text name it, as in <c>data.title</c>.</param>
/// <param name="Blank">JSON that stands for it when it cannot be opened; empty to leave it out.</param>
/// <param name="Person">Reads the object id of the person in question from a fact; null when there is none.</param>
internal sealed record EncryptionMark(byte[] Name, string Path, KeyOwner Keeper, byte[] Blank, Func<Fact, string?>? Person);

/// <summary>What of a type of fact is encrypted, read once from its attributes.</summary>
internal sealed class FieldEncryption
{
    private static readonly NullabilityInfoContext Nullability = new();

    private readonly Func<Fact, string?>? subject;

    private FieldEncryption(ImmutableArray<EncryptionMark> marks, Func<Fact, string?>? subject) => (Marks, this.subject) = (marks, subject);

    public ImmutableArray<EncryptionMark> Marks { get; }

    public string? GetSubject(Fact fact) => subject?.Invoke(fact);

    /// <summary>People under whose keys members of the fact are encrypted, by object id.</summary>
    public IEnumerable<string> PeopleIn(Fact fact) => Marks.Select(mark => mark.Person?.Invoke(fact)).OfType<string>();

    public EncryptionMark? Find(ReadOnlySpan<byte> name)
    {
        foreach (var mark in Marks)
        {
            if (name.SequenceEqual(mark.Name))
                return mark;
        }
        return null;
    }

    public EncryptionMark? FindPath(string path) => Marks.FirstOrDefault(mark => mark.Path == path);

    public static FieldEncryption Read(Type fact)
    {
        var properties = fact.GetProperties();
        var about = properties.FirstOrDefault(static property => property.IsDefined(typeof(SubjectAttribute)));
        return new([.. properties.Select(property => Mark(property, properties)).OfType<EncryptionMark>()],
            about is null ? null : Text(about));
    }

    private static EncryptionMark? Mark(PropertyInfo property, PropertyInfo[] all)
    {
        if (property.IsDefined(typeof(ConfidentialAttribute)))
            return Mark(property, KeyOwner.SubjectOrTenant, null);
        if (property.IsDefined(typeof(FreeTextAttribute)))
            return Mark(property, KeyOwner.ActorOrTenant, null);
        if (property.GetCustomAttribute<PersonalAttribute>() is not { } personal)
            return null;
        if (property.PropertyType == typeof(Actor))
            return Mark(property, KeyOwner.Itself,
                fact => property.GetValue(fact) is Actor { Kind: ActorKind.Person } actor ? actor.Id : null);
        return personal.Person is null
            ? Mark(property, KeyOwner.Subject, null)
            : Mark(property, KeyOwner.Person, Text(all.Single(other => other.Name == personal.Person)));
    }

    private static EncryptionMark Mark(PropertyInfo property, KeyOwner owner, Func<Fact, string?>? person)
    {
        var name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
        return new(Encoding.UTF8.GetBytes(name), owner == KeyOwner.Itself ? $"data.{name}.name" : $"data.{name}", owner,
            Blank(property), person);
    }

    private static byte[] Blank(PropertyInfo property)
    {
        var type = property.PropertyType;
        if (type == typeof(string) || type == typeof(Actor))
            return Encoding.UTF8.GetBytes($"\"{Erased.Text}\"");
        if (Nullability.Create(property).ReadState == NullabilityState.Nullable)
            return [];
        if (type.GetCustomAttribute<ErasedAsAttribute>() is { } blank)
            return Encoding.UTF8.GetBytes(blank.Json);
        var generic = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        if (generic == typeof(IReadOnlyDictionary<,>))
            return "{}"u8.ToArray();
        if (generic == typeof(IReadOnlyList<>))
            return "[]"u8.ToArray();
        throw new InvalidOperationException(
            $"{property.DeclaringType?.Name}.{property.Name} is encrypted, but it is not said what stands for it once it is erased.");
    }

    private static Func<Fact, string?> Text(PropertyInfo property) => fact => (string?)property.GetValue(fact);
}
