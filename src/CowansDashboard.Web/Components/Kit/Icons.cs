using System.Collections.Frozen;

namespace CowansDashboard.Web.Components.Kit;

/// <summary>The drawings behind every icon: 24 by 24, stroked, in the colour of the words beside them.</summary>
public static class Icons
{
    static readonly FrozenDictionary<string, string> Paths = new Dictionary<string, string>
    {
        ["back"] = """<path d="M9 14 4 9l5-5"/><path d="M4 9h10.5a5.5 5.5 0 0 1 0 11H11"/>""",
        ["box"] = """<path d="m21 8-9-5-9 5v8l9 5 9-5zM3 8l9 5 9-5M12 13v8"/>""",
        ["calendar"] = """<rect x="3" y="4" width="18" height="17" rx="2"/><path d="M16 2v4M8 2v4M3 10h18"/>""",
        ["check"] = """<path d="M20 6 9 17l-5-5"/>""",
        ["check-circle"] = """<circle cx="12" cy="12" r="9"/><path d="m8.5 12 2.5 2.5 4.5-5"/>""",
        ["clock"] = """<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3 2"/>""",
        ["collections"] = """<rect x="3" y="3" width="7" height="7" rx="1"/><rect x="14" y="3" width="7" height="7" rx="1"/><rect x="3" y="14" width="7" height="7" rx="1"/><rect x="14" y="14" width="7" height="7" rx="1"/>""",
        ["columns"] = """<rect x="3" y="4" width="18" height="16" rx="2"/><path d="M9 4v16M15 4v16"/>""",
        ["copy"] = """<rect x="9" y="9" width="12" height="12" rx="2"/><path d="M5 15H4a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1h10a1 1 0 0 1 1 1v1"/>""",
        ["cross"] = """<path d="M18 6 6 18M6 6l12 12"/>""",
        ["cross-circle"] = """<circle cx="12" cy="12" r="9"/><path d="M15 9l-6 6M9 9l6 6"/>""",
        ["down"] = """<path d="m6 9 6 6 6-6"/>""",
        ["external"] = """<path d="M15 3h6v6M10 14 21 3M18 13v6a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2h6"/>""",
        ["eye"] = """<path d="M2 12s3.5-7 10-7 10 7 10 7-3.5 7-10 7-10-7-10-7z"/><circle cx="12" cy="12" r="3"/>""",
        ["file"] = """<path d="M14 2H6a2 2 0 0 0-2 2v16a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V8zM14 2v6h6M8 13h8M8 17h5"/>""",
        ["filter"] = """<path d="M3 5h18M6 12h12M10 19h4"/>""",
        ["fork"] = """<circle cx="12" cy="18" r="3"/><circle cx="6" cy="6" r="3"/><circle cx="18" cy="6" r="3"/><path d="M18 9v1a2 2 0 0 1-2 2H8a2 2 0 0 1-2-2V9M12 12v3"/>""",
        ["gauge"] = """<path d="M12 14l4-4M3.3 19a10 10 0 1 1 17.4 0"/>""",
        ["help"] = """<circle cx="12" cy="12" r="9"/><path d="M9.5 9a2.5 2.5 0 0 1 4.9.8c0 1.7-2.4 2.2-2.4 3.7M12 17h.01"/>""",
        ["history"] = """<path d="M3 12a9 9 0 1 0 9-9 9.75 9.75 0 0 0-6.74 2.74L3 8"/><path d="M3 3v5h5M12 7v5l4 2"/>""",
        ["home"] = """<path d="M3 10.5 12 3l9 7.5V20a1 1 0 0 1-1 1h-5v-7H9v7H4a1 1 0 0 1-1-1z"/>""",
        ["image"] = """<rect x="3" y="3" width="18" height="18" rx="2"/><circle cx="9" cy="9" r="2"/><path d="m21 15-5-5L5 21"/>""",
        ["info"] = """<circle cx="12" cy="12" r="9"/><path d="M12 11v5M12 8h.01"/>""",
        ["key"] = """<circle cx="8" cy="15" r="4.5"/><path d="m11.2 11.8 8.3-8.3M16 7l3 3"/>""",
        ["left"] = """<path d="m15 6-6 6 6 6"/>""",
        ["link"] = """<path d="M10 13a5 5 0 0 0 7.5.5l3-3a5 5 0 0 0-7-7L12 5M14 11a5 5 0 0 0-7.5-.5l-3 3a5 5 0 0 0 7 7L12 19"/>""",
        ["lock"] = """<rect x="4" y="11" width="16" height="10" rx="2"/><path d="M8 11V7a4 4 0 0 1 8 0v4"/>""",
        ["menu"] = """<path d="M3 6h18M3 12h18M3 18h18"/>""",
        ["minus"] = """<path d="M5 12h14"/>""",
        ["moon"] = """<path d="M21 12.8A9 9 0 1 1 11.2 3a7 7 0 0 0 9.8 9.8z"/>""",
        ["more"] = """<circle cx="5" cy="12" r="1"/><circle cx="12" cy="12" r="1"/><circle cx="19" cy="12" r="1"/>""",
        ["pause"] = """<rect x="6" y="5" width="4" height="14" rx="1"/><rect x="14" y="5" width="4" height="14" rx="1"/>""",
        ["pencil"] = """<path d="M17 3a2.83 2.83 0 0 1 4 4L7.5 20.5 2 22l1.5-5.5z"/>""",
        ["pin"] = """<path d="M12 17v5M9 3h6l-1 7 3 3v2H7v-2l3-3z"/>""",
        ["play"] = """<path d="M7 4.5v15l12-7.5z"/>""",
        ["plus"] = """<path d="M12 5v14M5 12h14"/>""",
        ["right"] = """<path d="m9 6 6 6-6 6"/>""",
        ["ring"] = """<path d="M21 12a9 9 0 1 1-6.2-8.6"/>""",
        ["screen"] = """<rect x="3" y="4" width="18" height="12" rx="2"/><path d="M8 20h8M12 16v4"/>""",
        ["search"] = """<circle cx="11" cy="11" r="7"/><path d="m20 20-4-4"/>""",
        ["shield"] = """<path d="M12 2 4 5v6c0 5.5 3.4 9.3 8 11 4.6-1.7 8-5.5 8-11V5z"/>""",
        ["shop"] = """<path d="M3 9 4.5 4h15L21 9M4 9v11h16V9M3 9a3 3 0 0 0 6 0 3 3 0 0 0 6 0 3 3 0 0 0 6 0"/>""",
        ["sign-in"] = """<path d="M15 3h4a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2h-4M10 17l5-5-5-5M15 12H3"/>""",
        ["sign-out"] = """<path d="M9 3H5a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h4M16 17l5-5-5-5M21 12H9"/>""",
        ["sliders"] = """<path d="M4 21v-7M4 10V3M12 21v-9M12 8V3M20 21v-5M20 12V3M1 14h6M9 8h6M17 16h6"/>""",
        ["stop"] = """<rect x="5" y="5" width="14" height="14" rx="2"/>""",
        ["sun"] = """<circle cx="12" cy="12" r="4"/><path d="M12 2v2M12 20v2M4.9 4.9l1.4 1.4M17.7 17.7l1.4 1.4M2 12h2M20 12h2M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4"/>""",
        ["switch"] = """<path d="m8 9 4-4 4 4M16 15l-4 4-4-4"/>""",
        ["sync"] = """<path d="M3 12a9 9 0 0 1 9-9 9.75 9.75 0 0 1 6.74 2.74L21 8"/><path d="M21 3v5h-5M21 12a9 9 0 0 1-9 9 9.75 9.75 0 0 1-6.74-2.74L3 16"/><path d="M8 16H3v5"/>""",
        ["tag"] = """<path d="M12.6 2.6A2 2 0 0 0 11.2 2H4a2 2 0 0 0-2 2v7.2a2 2 0 0 0 .6 1.4l8.7 8.7a2.4 2.4 0 0 0 3.4 0l6.6-6.6a2.4 2.4 0 0 0 0-3.4z"/><circle cx="7.5" cy="7.5" r="1"/>""",
        ["trash"] = """<path d="M3 6h18M8 6V3h8v3M6 6l1 15h10l1-15"/>""",
        ["tree"] = """<path d="M21 12h-8M21 6H8M21 18h-8"/><path d="M3 6v4c0 1.1.9 2 2 2h3M3 10v6c0 1.1.9 2 2 2h3"/>""",
        ["up"] = """<path d="m6 15 6-6 6 6"/>""",
        ["upload"] = """<path d="M12 16V4M7 8l5-5 5 5M4 21h16"/>""",
        ["users"] = """<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20c0-3.5 3-5.5 6.5-5.5s6.5 2 6.5 5.5M16 4.6a3.5 3.5 0 0 1 0 6.8M18 14.8c2.2.7 3.6 2.4 3.6 5.2"/>""",
        ["warning"] = """<path d="M10.3 3.9 1.8 18a2 2 0 0 0 1.7 3h17a2 2 0 0 0 1.7-3L13.7 3.9a2 2 0 0 0-3.4 0zM12 9v4M12 17h.01"/>""",
        ["waves"] = """<path d="M2 9c2.5-3 5-3 7.5 0s5 3 7.5 0 3.5-2.6 5-2M2 16c2.5-3 5-3 7.5 0s5 3 7.5 0 3.5-2.6 5-2"/>""",
        ["webhook"] = """<path d="M18 16.98h-5.99c-1.1 0-1.95.94-2.48 1.9A4 4 0 0 1 2 17c.01-.7.2-1.4.57-2"/><path d="m6 17 3.13-5.78c.53-.97.1-2.18-.5-3.1a4 4 0 1 1 6.89-4.06"/><path d="m12 6 3.13 5.73C15.66 12.7 16.9 13 18 13a4 4 0 0 1 0 8"/>""",
    }.ToFrozenDictionary();

    public static IEnumerable<string> Names => Paths.Keys.Order(StringComparer.Ordinal);

    public static string Path(string name) =>
        Paths.TryGetValue(name, out var path) ? path : throw new ArgumentOutOfRangeException(nameof(name), name, "No such icon");
}
