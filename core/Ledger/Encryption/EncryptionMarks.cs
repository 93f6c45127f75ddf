namespace DevOpsAI.Ledger.Encryption;

/// <summary>
/// This member of a fact is kept encrypted beside the entry: under the key of the person or user whom the fact is about when it names one
/// (<see cref="SubjectAttribute"/>), else under the tenant's data key. Without the key a reader finds one of the texts of
/// <see cref="Erased"/> in its place.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ConfidentialAttribute : Attribute;

/// <summary>
/// As <see cref="ConfidentialAttribute"/>, for what a person typed: under the key of that person, who is the entry's actor.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FreeTextAttribute : Attribute;

/// <summary>
/// This member is personal when the fact is about somebody: it is then kept encrypted under that person's key. In facts about nobody it
/// stays readable in the leaf. On a member that is an <see cref="Tenancy.Actor"/>, only the name is taken out, under the actor's own key.
/// </summary>
/// <param name="person">The member that holds the Entra object id of the person; the fact's <see cref="SubjectAttribute"/> when
/// null.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PersonalAttribute(string? person = null) : Attribute
{
    public string? Person => person;
}

/// <summary>
/// The user whom the fact is about, by the id of that user's key, as in <c>s-3f9c0a1b2c3d4e5f</c>: random, and without meaning once the key
/// is destroyed. Null when it is about nobody.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SubjectAttribute : Attribute;

/// <summary>What stands for a value of this type, as JSON, once it cannot be read any more.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ErasedAsAttribute(string json) : Attribute
{
    public string Json => json;
}

/// <summary>What readers find where an encrypted text cannot be had any more.</summary>
public static class Erased
{
    /// <summary>The key was destroyed, as an entry says.</summary>
    public const string Text = "(erased)";

    /// <summary>Read without any keys, as by an auditor.</summary>
    public const string Encrypted = "(encrypted)";

    /// <summary>The key or the encrypted bytes are not there, and no entry says that they were erased.</summary>
    public const string Missing = "(missing)";
}
