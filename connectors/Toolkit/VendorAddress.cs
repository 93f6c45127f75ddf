namespace DevOpsAI.Connectors.Toolkit;

/// <summary>Where a vendor may be: https, or http on this machine; a bare address without credentials, query or fragment.</summary>
internal static class VendorAddress
{
    /// <summary>Null where it is none that may be called.</summary>
    public static Uri? Find(string? text) => Uri.TryCreate(text?.Trim(), UriKind.Absolute, out var address)
        && address is { UserInfo: "", Query: "", Fragment: "" }
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            ? address
            : null;
}
