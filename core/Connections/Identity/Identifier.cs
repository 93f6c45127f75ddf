namespace DevOpsAI.Connections.Identity;

/// <summary>
/// By what systems tell one device or user from others, the weakest first. Names are given again, and a network card moves with a docking
/// station; the others stay with the thing.
/// </summary>
public enum IdentifierKind
{
    Name,
    Mac,
    Serial,
    UserPrincipalName,

    /// <summary>The object id of a device or user in Entra.</summary>
    EntraId,

    /// <summary>The id that a vendor gave it, as in <c>ninjaone:7</c>.</summary>
    VendorId,
}

/// <summary>How much it says that two records have the same identifier.</summary>
public enum IdentifierStrength
{
    /// <summary>Says it only where nothing else speaks against it.</summary>
    Weak,

    /// <summary>Says it, unless something strong says otherwise.</summary>
    Medium,

    /// <summary>Says it; a difference says that they are two.</summary>
    Strong,
}

/// <summary>One identifier of a device or user.</summary>
/// <param name="Value">Normalized, so that equal ones are equal texts.</param>
public sealed record Identifier(IdentifierKind Kind, string Value)
{
    public IdentifierStrength Strength => Kind switch
    {
        IdentifierKind.Name => IdentifierStrength.Weak,
        IdentifierKind.Mac => IdentifierStrength.Medium,
        _ => IdentifierStrength.Strong,
    };

    /// <summary>For a sentence, as in <c>serial number CZC1234ABC</c>.</summary>
    public override string ToString() => $"{Describe(Kind)} {Value}";

    public static string Describe(IdentifierKind kind) => kind switch
    {
        IdentifierKind.Mac => "network address",
        IdentifierKind.Serial => "serial number",
        IdentifierKind.UserPrincipalName => "sign-in name",
        IdentifierKind.EntraId => "Entra id",
        IdentifierKind.VendorId => "vendor id",
        _ => "name",
    };
}
