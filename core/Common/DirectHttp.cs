namespace DevOpsAI.Common;

/// <summary>
/// How keys and checkpoints travel: to the address in the settings and nowhere else. A redirect would carry them on, the body of a
/// 307 or 308 word for word, and a data key is in one.
/// </summary>
public static class DirectHttp
{
    /// <summary>A handler that follows no redirect and keeps no cookie; 3xx is an answer like any other that is not success.</summary>
    public static SocketsHttpHandler Handler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };
}
