using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit.Entra;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>What a manifest says of its connector, for people and for forms.</summary>
internal static class ManifestDescription
{
    private static readonly SettingDescription Tickets = new(
        TicketSetting.Name, "what the bot does by itself with tickets", false, false, "note", TicketSetting.Choices);

    public static ConnectorDescription For(Manifest manifest) => new(
        manifest.Name,
        manifest.Title,
        false,
        manifest.Webhook is not null,
        [
            .. manifest.Authentication.EntraScope is null ? [] : EntraApplication.Settings,
            .. manifest.Settings.Where(one => !manifest.Authentication.IsEntras(one.Name)).Select(one => new SettingDescription(
                one.Name, one.Title, one.IsRequired, one.IsSecret, one.Example, [.. one.Values.Keys])
            {
                ProvesSender = manifest.Webhook?.Sender.Setting == one.Name,
            }),
            .. manifest.Actions.ContainsKey(TicketSetting.Needs) ? [Tickets] : Array.Empty<SettingDescription>(),
            new(VendorCredentials.AddressSetting, $"address of {manifest.Title} in place of the usual one", false, false,
                "https://vendor.example", []) { OnlyInSettings = true },
        ],
        [.. manifest.Targets.Keys.Order(StringComparer.Ordinal)],
        [.. manifest.Actions.Values.Select(static one => one.Spec).OrderBy(static one => one.Name, StringComparer.Ordinal)],
        [
            .. manifest.Targets.Values.SelectMany(static one => one.Observations)
                .SelectMany(static one => one.Values.Concat(one.Refused))
                .Select(static one => Capabilities.Observing(one.Key.Example())?.Name).OfType<string>()
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ]);
}
