/// The page's style sheet. It contains no quotes, ampersands or angle brackets, which HTML and XML treat differently.
enum HTMLStyle {
    static let sheet = """
        :root { --page: #ffffff; --ink: #1a1d21; --faint: #4a525c; --rule: #d5d9de; --mark: #9a4b00; }
        @media (prefers-color-scheme: dark) {
          :root { --page: #14171c; --ink: #e8eaed; --faint: #a3abb6; --rule: #353b44; --mark: #f0b35a; }
        }
        body { margin: 2rem auto; max-width: 84rem; padding: 0 1.25rem; background: var(--page); color: var(--ink);
          font: 15px/1.5 system-ui, -apple-system, Helvetica, Arial, sans-serif; overflow-wrap: anywhere; }
        h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.25rem; } h3 { font-size: 1rem; color: var(--faint); }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; border-top: 2px solid var(--ink); border-bottom: 2px solid var(--ink);
          font-variant-numeric: tabular-nums; overflow-wrap: normal; }
        thead { border-bottom: 1px solid var(--ink); }
        th, td { padding: 0.3rem 0.5rem; text-align: right; vertical-align: baseline; font-weight: normal; white-space: nowrap; }
        thead th { font-weight: 600; }
        thead th[colspan] { text-align: center; border-bottom: 1px solid var(--rule); }
        th[rowspan], tbody th { text-align: left; padding-left: 0.25rem; white-space: normal; min-width: 11rem;
          overflow-wrap: anywhere; }
        tbody tr + tr { border-top: 1px solid var(--rule); }
        small { color: var(--faint); font-size: 0.82em; }
        em { color: var(--mark); }
        td em { display: block; font-size: 0.82em; }
        ul { color: var(--faint); font-size: 0.88rem; padding-left: 1.1rem; }
        .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(25rem, 100%), 1fr)); gap: 1.25rem; }
        figure { margin: 0; }
        .plot { display: block; width: 100%; height: auto; max-width: 46rem; }
        .plot .ground { fill: none; } .plot .ink { fill: var(--ink); } .plot .faint { fill: var(--faint); }
        .plot .grid { stroke: var(--rule); } .plot .axis { stroke: var(--faint); } .plot .line { stroke: var(--light); }
        .plot .shade { fill: var(--light); }
        @media (prefers-color-scheme: dark) { .plot .line { stroke: var(--dark); } .plot .shade { fill: var(--dark); } }
        """
}
