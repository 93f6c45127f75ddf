using System.Text.Json;

namespace DevOpsAI.Bot.Teams.Turns;

/// <summary>A dialog that is to be opened, or that was filled in. All of it is untrusted: anyone can send any of it.</summary>
/// <param name="Data">The button's data, of one that was filled in with the inputs merged in; undefined when there is none.</param>
public sealed record DialogRequest(JsonElement Data, bool IsFilledIn);
