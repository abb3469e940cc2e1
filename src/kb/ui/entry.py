"""The Streamlit entry: `make app`, `kb app`, or `streamlit run app.py`."""

from kb.ui.main import main

main(warm=True)
