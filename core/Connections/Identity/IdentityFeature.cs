using System.Text.Json.Serialization;
using DevOpsAI.Common;
using DevOpsAI.Ledger;

namespace DevOpsAI.Connections.Identity;

/// <summary>One device, known to many tools.</summary>
internal static class IdentityFeature
{
    public static readonly Feature Instance = new("identity")
    {
        Entries =
        [
            EntryType.Create(
                "identity.confirmed", IdentityJson.Default.IdentityConfirmed,
                "A person said which records of the client's tools are the device of a name.",
                "Device identified",
                line: static said => $"{said.Kind} {said.Name} is {string.Join(" and ", said.Records.Select(Say))}"),
            EntryType.Create(
                "identity.withdrawn", IdentityJson.Default.IdentityWithdrawn,
                "What a person said of the device of a name does not count any more.",
                "Identification of a device withdrawn",
                line: static said => $"{said.Kind} {said.Name}"),
        ],
        Streams = ["identity"],
        Slices = [StateSlice.Create<IdentityState>("identity", [typeof(IdentityConfirmed), typeof(IdentityWithdrawn)])],
    };

    private static string Say(ConfirmedRecord record) => $"{record.Id} in {record.Connection}";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(InstantJson)])]
[JsonSerializable(typeof(IdentityConfirmed))]
[JsonSerializable(typeof(IdentityWithdrawn))]
internal sealed partial class IdentityJson : JsonSerializerContext;
