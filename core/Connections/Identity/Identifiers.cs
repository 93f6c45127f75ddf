using System.Collections.Immutable;

namespace DevOpsAI.Connections.Identity;

/// <summary>Makes identifiers of what a vendor tells; what identifies nothing is left out. Pure.</summary>
public static class Identifiers
{
    private const string Serial = "device.serial";
    private const string Mac = "device.mac";
    private const string DeviceEntraId = "device.entraId";
    private const string UserEntraId = "user.objectId";
    private const string Upn = "user.upn";
    private const string OtherPrefix = "device.";
    private const string OtherSuffix = ".id";

    /// <summary>What a record of a vendor is identified by, its name included.</summary>
    /// <param name="observations">As <see cref="IConnector.ObserveAsync"/> tells them; none where it told nothing.</param>
    public static ImmutableHashSet<Identifier> For(Target target, IReadOnlyDictionary<string, string> observations)
    {
        var found = ImmutableHashSet.CreateBuilder<Identifier>();
        found.Add(ForName(target.Name));
        foreach (var (name, value) in observations)
        {
            if (name == Mac)
                found.UnionWith(value.Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries).Select(ForMac).OfType<Identifier>());
            else if (For(name, value) is { } identifier)
                found.Add(identifier);
        }
        return found.ToImmutable();
    }

    public static Identifier ForName(string name) => new(IdentifierKind.Name, name.Trim().ToUpperInvariant());

    /// <summary>Null when it is no serial number that tells one machine from another.</summary>
    public static Identifier? ForSerial(string text)
    {
        var serial = string.Concat(text.Where(char.IsLetterOrDigit)).ToUpperInvariant();
        return JunkIdentifiers.IsSerial(serial) ? null : new(IdentifierKind.Serial, serial);
    }

    /// <summary>Null when it is no network address, or one that does not stay with a machine.</summary>
    public static Identifier? ForMac(string text)
    {
        var mac = string.Concat(text.Where(char.IsLetterOrDigit)).ToUpperInvariant();
        return mac.Length == 12 && mac.All(char.IsAsciiHexDigit) && !JunkIdentifiers.IsMac(mac) ? new(IdentifierKind.Mac, mac) : null;
    }

    /// <summary>The id that a connector's vendor gave it; null when it gave none.</summary>
    public static Identifier? ForVendor(string connector, string id)
    {
        var given = id.Trim().ToLowerInvariant();
        var isNothing = given is "" or "0" or "-1" || (Guid.TryParse(given, out var guid) && guid == Guid.Empty);
        return isNothing ? null : new(IdentifierKind.VendorId, $"{connector.ToLowerInvariant()}:{given}");
    }

    private static Identifier? For(string observation, string value) => observation switch
    {
        Serial => ForSerial(value),
        DeviceEntraId or UserEntraId => ForEntra(value),
        Upn => value.Contains('@', StringComparison.Ordinal)
            ? new(IdentifierKind.UserPrincipalName, value.Trim().ToLowerInvariant())
            : null,
        _ => GetOther(observation) is { } other ? ForVendor(other, value) : null,
    };

    private static Identifier? ForEntra(string value) =>
        Guid.TryParse(value, out var id) && id != Guid.Empty ? new(IdentifierKind.EntraId, id.ToString()) : null;

    /// <summary>The system in <c>device.ninjaone.id</c>; null for every other observation.</summary>
    private static string? GetOther(string observation) =>
        observation.StartsWith(OtherPrefix, StringComparison.Ordinal) && observation.EndsWith(OtherSuffix, StringComparison.Ordinal)
        && observation.Length > OtherPrefix.Length + OtherSuffix.Length
            ? observation[OtherPrefix.Length..^OtherSuffix.Length]
            : null;
}
