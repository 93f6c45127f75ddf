using DevOpsAI.Connections;

namespace DevOpsAI.Tests.Connectors.Toolkit.Manifests;

/// <summary>A vendor that answers by a table, and a connection to it.</summary>
/// <param name="Routes">Method and path to the answer; a path may end in <c>*</c>.</param>
internal sealed record VendorTable(
    string Connector, string Description, string TokenPath, string BasePath, (string Name, string Value)[] Settings,
    Dictionary<string, string> Routes)
{
    public async Task<(ManifestHost Host, JudgedVendor Vendor, Connection Connection)> StartAsync()
    {
        var vendor = await JudgedVendor.StartAsync(Description, TokenPath, Answer);
        var connection = ManifestHost.Connect(Connector, [.. Settings, ("Address", vendor.Address.ToString().TrimEnd('/') + BasePath)]);
        var host = new ManifestHost();
        host.Connector(Connector).Problems(connection).ShouldBeEmpty();
        return (host, vendor, connection);
    }

    private VendorReply Answer(VendorRequest request)
    {
        var asked = $"{request.Method} {request.Path}";
        if (Routes.TryGetValue(asked, out var exact))
            return exact.Length == 0 ? new(204) : VendorReply.Ok(exact);
        var route = Routes.FirstOrDefault(one => one.Key.EndsWith('*') && asked.StartsWith(one.Key[..^1], StringComparison.Ordinal));
        return route.Key is null ? new(404, """{"message":"no such thing"}""") : VendorReply.Ok(route.Value);
    }
}
